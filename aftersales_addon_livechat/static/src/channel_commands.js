import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

registry.category("discuss.channel_commands").add("case", {
    channel_types: ["livechat"],
    condition: ({ store }) => store.has_access_livechat,
    help: _t("Make a service case of this conversation (/case subject)"),
    methodName: "execute_command_case",
});
