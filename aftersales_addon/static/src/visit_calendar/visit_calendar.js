import { registry } from "@web/core/registry";
import { calendarView } from "@web/views/calendar/calendar_view";

// The platform's calendar, under a name of its own for the styles.
registry.category("views").add("aftersales_visit_calendar", { ...calendarView });
