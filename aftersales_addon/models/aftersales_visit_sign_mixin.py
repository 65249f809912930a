import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.mail import html2plaintext

MAX_REASON = 500
SIGNED = {
    "signature",
    "signed_by",
    "date_signed",
    "signature_refusal",
    "technician_signature",
    "technician_signed_id",
    "date_technician_signed",
    "work_digest",
}


class AftersalesVisitSignMixin(models.AbstractModel):
    """Signatures on what was done; what is signed does not change any more."""

    _name = "aftersales.visit.sign.mixin"
    _description = "Signatures of a Visit"
    _inherit = ["aftersales.signature.mixin"]

    signature = fields.Binary(
        string="Customer's Signature", attachment=True, readonly=True, copy=False
    )
    signed_by = fields.Char(readonly=True, copy=False)
    date_signed = fields.Datetime(
        string="Signed On",
        readonly=True,
        copy=False,
        help="When the customer signed, or did not want to.",
    )
    signature_refusal = fields.Char(string="Why Not Signed", readonly=True, copy=False)
    technician_signature = fields.Binary(
        string="Technician's Signature", attachment=True, readonly=True, copy=False
    )
    technician_signed_id = fields.Many2one(
        "res.users", string="Signed By the Technician", readonly=True, copy=False
    )
    date_technician_signed = fields.Datetime(readonly=True, copy=False)
    work_digest = fields.Char(
        string="Fingerprint of the Work",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Worked out from all that was signed. It changes with the least change.",
    )
    is_as_signed = fields.Boolean(
        string="As It Was Signed",
        compute="_compute_is_as_signed",
        groups="base.group_user",
    )

    @api.depends("work_digest", "check_ids", "part_ids", "time_ids", "findings")
    def _compute_is_as_signed(self):
        for visit in self:
            visit.is_as_signed = bool(
                visit.work_digest and visit.work_digest == visit._get_digest()
            )

    def write(self, vals):
        if not self.env.su and SIGNED & vals.keys():
            raise UserError(self.env._("Sign instead: signatures are not typed in."))
        return super().write(vals)

    def _get_digest(self):
        """Return the fingerprint of the work as it is now."""
        self.ensure_one()
        text = json.dumps(self._get_signed_work(), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def _get_signed_work(self):
        """Return all that is signed, as plain values."""
        self.ensure_one()
        # sudo: the work as it is, whoever looks at it; without any language.
        visit = self.sudo().with_context(lang=None)
        return {
            "number": visit.number,
            "units": [line.asset_id.id for line in visit.line_ids],
            "checks": [
                [
                    check.id,
                    check.name,
                    check.is_ticked,
                    check.has_value and check.value,
                    check.text,
                    check.is_na,
                    check.note,
                    sorted(check.photo_ids.mapped("checksum")),
                ]
                for check in visit.check_ids.sorted("id")
            ],
            "parts": [
                [part.kind, part.product_id.id, part.lot_id.name, part.quantity]
                for part in visit.part_ids.sorted("id")
                if part.state != "taken_back"
            ],
            "times": [
                [time.user_id.id, time.kind, time.date_start, time.date_end]
                for time in visit.time_ids.sorted("id")
            ],
            "readings": [
                [reading.asset_id.id, reading.unit, reading.value]
                for reading in visit.reading_ids.sorted("id")
            ],
            "findings": html2plaintext(visit.findings or ""),
            "fixed": [visit.is_fixed, visit.not_fixed_reason],
            "photos": sorted(visit.photo_ids.mapped("checksum")),
        }

    # --- What is needed to finish ---

    def _get_missing_signatures(self):
        """Return which signatures are needed and missing: a set, may be empty.

        A reason why the customer does not sign stands for the customer's signature.
        """
        self.ensure_one()
        needed = self._get_needed_signatures()
        if self.date_signed:
            needed -= {"customer"}
        if self.date_technician_signed:
            needed -= {"technician"}
        return needed

    def _get_finish_error(self):
        error = super()._get_finish_error()
        if error:
            return error
        missing = self._get_missing_signatures()
        if "customer" in missing:
            return self.env._(
                "%s is not signed by the customer yet. Press “Work on Site” and let "
                "them sign at the bottom, or note why they do not with “Not Signed”: "
                "nobody is there, or they do not want to.",
                self.display_name,
            )
        if missing:
            return self.env._(
                "%s is not signed by the technician yet: press “Work on Site” and "
                "sign at the bottom.",
                self.display_name,
            )
        return False

    # --- Signing ---

    def action_refuse_signature(self):
        """Ask why the customer does not sign."""
        self.ensure_one()
        self.check_access("write")
        self._check_state(
            "in_progress",
            self.env._("What was done is signed: begin the work first."),
        )
        self._check_not_frozen()
        self._check_work_complete()
        return self._open_dialog(
            "aftersales.visit.refusal", self.env._("The Customer Does Not Sign")
        )

    def _sign_customer(self, name, signature):
        """Take the customer's signature in: the work is frozen.

        :param str name: who signs
        :param str signature: a picture, in base64
        :raises UserError: when it is none, or before the work has begun
        """
        self.ensure_one()
        signer = self._read_signer(name)
        picture = self._read_signature(signature)
        self._freeze(signed_by=signer, signature_refusal=False)
        # The row first: of two requests at once, one writes the picture's file.
        self.flush_recordset()
        # sudo: signatures are taken in here only.
        self.sudo().signature = picture
        self._log_step(self.env._("Signed by %s.", signer))

    def _refuse_signature(self, reason):
        """Note why the customer does not sign: the work is frozen all the same.

        :param str reason: in words
        """
        self.ensure_one()
        clean = " ".join(str(reason or "").split())[:MAX_REASON]
        if not clean:
            raise UserError(self.env._("Say why the customer does not sign."))
        self._freeze(signed_by=False, signature_refusal=clean)
        self._log_step(self.env._("Not signed by the customer: %s", clean))

    def _freeze(self, **vals):
        self._check_state(
            "in_progress",
            self.env._("What was done is signed: begin the work first."),
        )
        self._check_not_frozen()
        self._check_work_complete()
        self._stop_clocks()
        self._write_state(
            date_signed=fields.Datetime.now(), work_digest=self._get_digest(), **vals
        )

    def _check_work_complete(self):
        """Refuse to freeze work of which something is missing that must not be.

        It could not be made up for afterwards.

        :raises UserError: that names what is missing
        """
        self.ensure_one()
        if error := self._get_work_error():
            raise UserError(
                self.env._(
                    "%s\nWhat is signed does not change any more: fill this in first, "
                    "then sign.",
                    error,
                )
            )

    def _sign_technician(self, signature):
        """Take the technician's signature in.

        :param str signature: a picture, in base64
        """
        self.ensure_one()
        self._check_state(
            "in_progress",
            self.env._("What was done is signed: begin the work first."),
        )
        picture = self._read_signature(signature)
        self._write_state(
            technician_signed_id=self.env.uid,
            date_technician_signed=fields.Datetime.now(),
        )
        self.flush_recordset()
        # sudo: as in _sign_customer.
        self.sudo().technician_signature = picture

    def action_unsign(self):
        """Open signed work for changes; it is signed again afterwards."""
        self.check_access("write")
        if not self.env.user.has_group("aftersales_addon.aftersales_group_manager"):
            raise AccessError(
                self.env._("Only a manager of after-sales can open signed work.")
            )
        self.filtered(lambda v: v.state == "done").action_reopen()
        self._drop_signatures()
        return True

    def _drop_signatures(self):
        """Take signatures off work that changes; they are kept in the history."""
        # sudo: after the right was checked, or for the visits' own steps.
        for visit in self.sudo():
            if not visit.date_signed and not visit.technician_signature:
                continue
            visit._message_log(
                body=self.env._(
                    "The signed work was opened for changes. It was signed by %s.",
                    visit.signed_by or visit.signature_refusal or "–",
                ),
                attachment_ids=visit._keep_signatures().ids,
            )
            visit.write(dict.fromkeys(SIGNED, False))

    def _keep_signatures(self):
        """Return copies of the signatures, as attachments of the history."""
        self.ensure_one()
        pictures = [
            (self.env._("Customer's signature"), self.signature),
            (self.env._("Technician's signature"), self.technician_signature),
        ]
        return self.env["ir.attachment"].create(
            [
                {
                    "name": f"{name}.png",
                    "datas": picture,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for name, picture in pictures
                if picture
            ]
        )

    def _set_open(self):
        done = self.filtered(lambda v: v.state == "done")
        result = super()._set_open()
        done._drop_signatures()
        return result

    def _log_step(self, text):
        # sudo: technicians need not be allowed to write messages.
        self.sudo()._message_log(body=text, author_id=self.env.user.partner_id.id)
