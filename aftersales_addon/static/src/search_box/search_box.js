import { useAutofocus } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { KeepLast } from "@web/core/utils/concurrency";

import { useState } from "@odoo/owl";

/**
 * A box that searches while somebody types. Enter takes what was found, as a scanner
 * does, and Escape empties the box.
 *
 * @param {Object} options
 * @param {string} options.refName of the input
 * @param {(text: string) => Promise<any>} options.find
 * @param {() => Promise<any>} options.take called on Enter
 * @returns {{text: string, found: any}} reactive; ``found`` is null for no text
 */
export function useSearchBox({ refName, find, take }) {
    const lastSearch = new KeepLast();
    const box = useState({
        text: "",
        found: null,

        clear() {
            box.text = "";
            box.found = null;
        },

        async search() {
            const text = box.text.trim();
            if (!text) {
                box.found = null;
                return;
            }
            const found = await lastSearch.add(find(text));
            if (text === box.text.trim()) {
                box.found = found;
            }
            return found;
        },

        onInput(ev) {
            box.text = ev.target.value;
            searchSoon();
        },

        async onKeydown(ev) {
            if (ev.key === "Escape") {
                box.clear();
            } else if (ev.key === "Enter") {
                ev.preventDefault();
                searchSoon.cancel();
                await take();
            }
        },
    });
    const searchSoon = useDebounced(() => box.search(), 250);
    useAutofocus({ refName });
    return box;
}
