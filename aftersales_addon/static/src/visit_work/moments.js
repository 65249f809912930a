import { user } from "@web/core/user";

/** The moments of a visit in the technician's own time and language. */
export function formatTime(moment) {
    return moment
        ? new Date(moment).toLocaleTimeString(user.lang, { hour: "2-digit", minute: "2-digit" })
        : "";
}

export function formatDay(day) {
    return new Date(`${day}T12:00:00`).toLocaleDateString(user.lang, {
        weekday: "short",
        day: "numeric",
        month: "short",
    });
}

export function now() {
    return new Date().toISOString();
}
