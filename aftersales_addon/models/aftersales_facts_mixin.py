from odoo import api, models
from odoo.exceptions import UserError

# A number that is not drawn yet, as these fields have it.
NO_NUMBER = "/"
NUMBERS = ("name", "number")


class AftersalesFactsMixin(models.AbstractModel):
    """A document with facts: fields that its steps write, and nobody by hand.

    Where a document has a ``create`` or ``write`` of its own, that one begins with the
    check: what it adds itself, such as the number, is not typed in.
    """

    _name = "aftersales.facts.mixin"
    _description = "Document with Facts"

    def _get_facts(self):
        """Return the names of the fields that nobody writes by hand.

        Must be overridden.

        :return: a set; of no records, it is for new documents
        """
        raise NotImplementedError

    def _explain_facts(self, labels):
        """Return in words why fields are not written by hand.

        Must be overridden.

        :param str labels: of the fields, as people know them
        """
        raise NotImplementedError

    @api.model
    def _check_new_facts(self, vals_list):
        """Refuse new documents with facts that somebody has typed in.

        :param list vals_list: the values as ``create`` got them
        :raises UserError: that names the fields
        """
        self._check_facts(
            {
                name
                for vals in vals_list
                for name, value in vals.items()
                if value != NO_NUMBER or name not in NUMBERS
            }
        )

    def _check_facts(self, names):
        """Refuse to write facts by hand.

        :param names: of the fields that are written
        :raises UserError: that names the fields
        """
        if self.env.su:
            return
        forbidden = self._get_facts().intersection(names)
        if forbidden:
            labels = self.fields_get(forbidden, ["string"]).values()
            raise UserError(
                self._explain_facts(", ".join(sorted(x["string"] for x in labels)))
            )
