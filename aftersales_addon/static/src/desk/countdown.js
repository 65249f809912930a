import { _t } from "@web/core/l10n/translation";

import { onWillUnmount, reactive, useState } from "@odoo/owl";

const { DateTime } = luxon;
const MINUTE = 60 * 1000;

// One clock for all countdowns of the page; it stands still while nobody looks.
const clock = reactive({ now: DateTime.now() });
let lookers = 0;
let timer = null;

/** Return a moment that goes on by itself, and draws what reads it again. */
export function useClock() {
    const state = useState(clock);
    if (!lookers++) {
        clock.now = DateTime.now();
        timer = setInterval(() => (clock.now = DateTime.now()), MINUTE / 2);
    }
    onWillUnmount(() => {
        if (!--lookers) {
            clearInterval(timer);
        }
    });
    return state;
}

/** Return how long it is until a moment, in words: "2 h 15 min left". */
export function describeCountdown(due, now) {
    const minutes = Math.trunc((due.toMillis() - now.toMillis()) / MINUTE);
    const span = describeSpan(Math.abs(minutes));
    return due < now ? _t("late by %s", span) : _t("%s left", span);
}

function describeSpan(minutes) {
    const days = Math.floor(minutes / 1440);
    const hours = Math.floor((minutes % 1440) / 60);
    const rest = minutes % 60;
    if (days > 6) {
        return _t("%s d", days);
    }
    if (days) {
        return hours ? _t("%(days)s d %(hours)s h", { days, hours }) : _t("%s d", days);
    }
    if (hours) {
        return rest
            ? _t("%(hours)s h %(minutes)s min", { hours, minutes: rest })
            : _t("%s h", hours);
    }
    return _t("%s min", rest);
}
