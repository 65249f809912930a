import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";

/** Counts readers whose first page an article is; the server counts each once. */
export class HelpArticle extends Interaction {
    static selector = ".o_aftersales_help_article";

    start() {
        rpc(`${this.el.dataset.url}/seen`, {}, { silent: true }).catch(() => {});
    }
}

registry.category("public.interactions").add("aftersales_addon.help_article", HelpArticle);
