/** What the visit looks like with what is typed but not sent yet. */

const OVER = { set_off: "on_way", begin: "in_progress", finish: "done" };

export function sameCheck(check, change) {
    return change.id
        ? check.id === change.id
        : check.item_id === change.item_id && check.line_id === change.line_id;
}

const APPLY = {
    check(work, change) {
        const check = work.checks.find((c) => sameCheck(c, change));
        if (check) {
            Object.assign(check, change.values);
        }
    },
    check_photo(work, change) {
        const check = work.checks.find((c) => sameCheck(c, change));
        if (check) {
            check.photos = [...check.photos, { data: change.data }];
        }
    },
    photo(work, change) {
        work.photos = [...work.photos, { data: change.data }];
    },
    remove_photo(work, change) {
        const others = (photos) => photos.filter((photo) => photo !== change.id);
        work.photos = others(work.photos);
        for (const check of work.checks) {
            check.photos = others(check.photos);
        }
    },
    work(work, change) {
        Object.assign(work, change.values);
    },
    step(work, change) {
        work.state = OVER[change.step];
        if (change.step === "finish") {
            work.is_frozen = true;
        }
    },
    reading(work, change) {
        const line = work.lines.find((l) => l.id === change.line_id);
        if (line) {
            line.reading = String(change.value);
        }
    },
    part(work, change) {
        work.parts.push({
            id: 0,
            kind: change.kind,
            name: change.label,
            lot: change.lot || "",
            quantity: change.quantity,
            unit: change.unit || "",
            line_id: change.line_id || 0,
            state: "waiting",
            pays: "",
            problem: "",
        });
    },
    force_part(work, change) {
        for (const part of work.parts.filter((p) => p.id === change.id)) {
            part.problem = "";
        }
    },
    remove_part(work, change) {
        work.parts = work.parts.filter((part) => part.id !== change.id);
    },
    time_start(work, change) {
        stopTimes(work, change.at);
        work.times.push({ id: 0, kind: change.kind, is_mine: true, start: change.at, end: "" });
    },
    time_stop(work, change) {
        stopTimes(work, change.at);
    },
    time(work, change) {
        work.times.push({ id: 0, is_mine: true, ...change });
    },
    remove_time(work, change) {
        work.times = work.times.filter((time) => time.id !== change.id);
    },
    sign(work, change) {
        if (change.who === "technician") {
            work.technician_signed = true;
            return;
        }
        stopTimes(work, change.at);
        work.signed_by = change.name || "";
        work.signature_refusal = change.refusal || "";
        work.date_signed = change.at;
        work.is_frozen = true;
    },
    further(work, change) {
        work.further = [...work.further, change.text];
    },
};

function stopTimes(work, moment) {
    for (const time of work.times) {
        if (time.is_mine && !time.end) {
            time.end = moment;
        }
    }
}

/**
 * @param {Object} work what the server has told
 * @param {Object[]} changes what it has not taken in yet, in order
 * @returns {Object} a copy with the changes
 */
export function applyChanges(work, changes) {
    const copy = JSON.parse(JSON.stringify(work));
    for (const change of changes) {
        APPLY[change.op]?.(copy, change);
    }
    return copy;
}
