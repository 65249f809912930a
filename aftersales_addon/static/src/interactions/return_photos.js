import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** Says before the upload what the server would refuse after it. */
export class ReturnPhotos extends Interaction {
    static selector = ".o_aftersales_return_photos";
    dynamicContent = {
        _root: { "t-on-change": this.check },
    };

    check() {
        const { maxSize, maxCount, tooLarge, tooMany } = this.el.dataset;
        const files = [...this.el.files];
        let error = "";
        if (files.length > parseInt(maxCount)) {
            error = tooMany;
        } else if (files.some((file) => file.size > parseInt(maxSize))) {
            error = tooLarge;
        }
        this.el.setCustomValidity(error);
        this.el.reportValidity();
    }
}

registry
    .category("public.interactions")
    .add("aftersales_addon.return_photos", ReturnPhotos);
