import { StatusBarButtons } from "@web/views/form/status_bar_buttons/status_bar_buttons";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";
import { registry } from "@web/core/registry";

const SHOWN = 3;

/**
 * The first buttons of a form's header that apply, and the others in a menu, as on a
 * phone: what is done most often stands first in the view.
 */
export class ShortStatusBarButtons extends StatusBarButtons {
    static template = "aftersales_addon.ShortStatusBarButtons";

    get shown() {
        return this.visibleSlotNames.slice(0, this.env.isSmall ? 1 : SHOWN);
    }

    get others() {
        return this.visibleSlotNames.slice(this.shown.length);
    }
}

export class ShortStatusBarRenderer extends FormRenderer {
    static components = {
        ...FormRenderer.components,
        StatusBarButtons: ShortStatusBarButtons,
    };
}

registry.category("views").add("aftersales_short_status_bar_form", {
    ...formView,
    Renderer: ShortStatusBarRenderer,
});
