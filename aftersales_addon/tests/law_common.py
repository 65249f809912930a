import re

from ..models.aftersales_asset_customer_mixin import REPORT
from .common import AftersalesCommon


class LawCommon(AftersalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.write(
            {"street": "1 Main Street", "city": "Springfield", "zip": "12345"}
        )
        cls.maker = cls.env["res.partner"].create(
            {"name": "Lockmaker", "street": "Ring 1", "city": "Bonn"}
        )
        cls.env.user.group_ids += cls.env.ref(
            "aftersales_addon.aftersales_group_manager"
        )

    @classmethod
    def _make_standard(cls, code, **vals):
        Policy = cls.env["aftersales.warranty.policy"]
        policy = Policy._create_standard_policies([code], cls.company)
        policy.write(vals)
        return policy

    def _render_certificate(self, assets):
        html = self.env["ir.actions.report"]._render_qweb_html(REPORT, assets.ids)[0]
        return re.sub(r"\s+", " ", html.decode())
