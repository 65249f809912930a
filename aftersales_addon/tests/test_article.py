"""Help articles: who may read and write them, which fit, and how often they helped."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .case_common import CaseCommon


class ArticleCommon(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Reason = cls.env["aftersales.reason"]
        cls.jammed = Reason.create({"name": "It is jammed", "is_defect": True})
        cls.noisy = Reason.create({"name": "It is noisy", "is_defect": True})
        cls.article = cls._article(
            "The lock does not open",
            keywords="jammed stuck",
            reason_ids=[Command.set(cls.jammed.ids)],
            product_tmpl_ids=[Command.set(cls.lock.product_tmpl_id.ids)],
        )

    @classmethod
    def _article(cls, name, published=True, **vals):
        return cls.env["aftersales.article"].create(
            {
                "name": name,
                "body": "<p>Some advice.</p>",
                "is_published": published,
                **vals,
            }
        )

    def _find(self, words="", product=None, reason=None, audience="everybody", **more):
        Article = self.env["aftersales.article"]
        return Article._get_articles(
            product or self.env["product.product"],
            reason or self.env["aftersales.reason"],
            words,
            audience,
            **more,
        )


# For each role: what it may do with articles, drafts or published, and their readers,
# of r(ead), w(rite), c(reate) and u(nlink).
READ = {"draft": "r", "published": "r"}
RIGHTS = {
    "as_agent": {"draft": "rwc", "published": "rc"},
    "as_agent_all": {"draft": "rwc", "published": "rc"},
    "as_manager": {"draft": "rwcu", "published": "rwcu", "visit": "r"},
    "as_technician": READ,
    "as_sale": READ,
    "as_stock": {},
    "as_internal": {},
    "public": {},
}


@tagged("post_install", "-at_install")
class TestArticle(ArticleCommon):
    def test_rights(self):
        """Every role, on articles, their steps and their readers."""
        self.article.step_ids = [Command.create({"text": "<p>Do it.</p>"})]
        draft = self._article("A draft", published=False)
        self._visit("guest")
        records = {
            "draft": draft,
            "published": self.article,
            "visit": self.article.visit_ids,
        }
        operations = {"r": "read", "w": "write", "u": "unlink"}
        for login, rights in RIGHTS.items():
            user = self.env["res.users"].search(
                [("login", "=", login), ("active", "in", [True, False])]
            )
            for name, record in records.items():
                allowed = rights.get(name, "")
                for letter, operation in operations.items():
                    with self.subTest(login=login, name=name, operation=operation):
                        self.assertEqual(
                            record.with_user(user).has_access(operation),
                            letter in allowed,
                        )
                with self.subTest(login=login, name=name, operation="create"):
                    self.assertEqual(
                        record.browse().with_user(user).has_access("create"),
                        "c" in allowed,
                    )
            self.assertEqual(
                self.article.step_ids.with_user(user).has_access("write"),
                "w" in rights.get("published", ""),
            )

    def test_companies(self):
        """Articles of another company are not seen, nor are their readers."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        abroad = self._article("Elsewhere", company_id=company.id)
        visit = self._visit("guest", article=abroad)
        for record in (abroad, visit):
            self.assertFalse(record.with_user(self.user_manager).has_access("read"))

    def test_found_by(self):
        """Symptom, product, category, title and search words lead to an article."""
        general = self._article("Change the batteries")
        category = self._article(
            "Smart home at a glance", categ_ids=[Command.set(self.category.ids)]
        )
        self.assertEqual(self._find(reason=self.jammed), self.article)
        self.assertEqual(self._find(product=self.lock), self.article + category)
        self.assertEqual(self._find("my door is stuck since today"), self.article)
        self.assertEqual(self._find("It does not open any more"), self.article)
        # Other forms of a word are the same word, and little words are none.
        self.assertEqual(self._find("a battery"), general)
        self.assertFalse(self._find("does not the it is"))
        # What stands in the text only is no reason to offer an article.
        self.assertFalse(self._find("advice"))
        self.assertFalse(self._find(""))

    def test_order(self):
        """The symptom counts most, then the words and the product."""
        other = self._article("The lock opens by itself, the lock!")
        found = self._find("the lock opens by itself", self.lock, self.jammed)
        self.assertEqual(found, self.article + other)
        self.assertEqual(self._find("lock opens itself")[0], other)

    def test_other_product(self):
        """What is about another product is not offered, nor about another symptom."""
        self.assertFalse(self._find("lock", self.sensor))
        self.assertFalse(self._find(reason=self.jammed, product=self.sensor))
        self.assertFalse(self._find(reason=self.noisy, product=self.lock))
        self.assertEqual(
            self._find("stuck", reason=self.noisy, product=self.lock), self.article
        )

    def test_audience(self):
        """Each sees what is for them, published, and of their company."""
        ours = self._article("Lock: our secrets", audience="internal")
        theirs = self._article("Lock: for customers", audience="customers")
        self._article("Lock: a draft", published=False)
        self._article("Lock: archived", active=False)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        abroad = self._article("Lock: elsewhere", company_id=company.id)
        self.assertEqual(self._find("lock"), self.article)
        self.assertEqual(
            self._find("lock", audience="customers"), self.article + theirs
        )
        self.assertEqual(
            self._find("lock", audience="internal"), self.article + ours + theirs
        )
        self.assertIn(abroad, self._find("lock", company=company))

    def test_same_everywhere(self):
        """The same concern gets the same articles on the portal and at the desk."""
        for number in range(4):
            self._article(f"Jammed lock {number}")
        asset = self._deliver_one()
        case = self._case(
            name="Jammed",
            description="<p>The lock is stuck</p>",
            reason_id=self.jammed.id,
            asset_id=asset.id,
        )
        words = "Jammed The lock is stuck"
        found = self._find(words, self.lock, self.jammed)
        self.assertEqual(len(found), 5)
        self.assertEqual(case._get_help("everybody"), found)
        self.assertEqual(case.with_user(self.user_agent_all).article_ids, found)

    def test_hostile_words(self):
        """Whatever is typed is words."""
        for words in (
            "'); DROP TABLE aftersales_article; --",
            "lock & | ! ( ) <-> :* 'x",
            "\x00lock\x00",
            "%s %(name)s {}",
            "x" * 100000,
            "<script>alert(1)</script>",
            "https://example.com/?a=1&b=2 | lock",
        ):
            self._find(words)
            self.env["aftersales.article"]._search_articles(
                words, "everybody", self.env.company
            )
        self.assertEqual(self._find("\x00lock & ("), self.article)

    def test_translations(self):
        """Customers find articles in their language, by its forms of words."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.article.with_context(lang="de_DE").name = "Das Türschloss klemmt"
        self.article.update_field_translations(
            "keywords", {"de_DE": "Batterien verklemmt"}
        )
        german = self.env["aftersales.article"].with_context(lang="de_DE")
        none = self.env["product.product"], self.env["aftersales.reason"]
        self.assertEqual(
            german._get_articles(*none, "Türschlösser", "everybody"), self.article
        )
        self.assertEqual(
            german._get_articles(*none, "Batterie", "everybody"), self.article
        )
        self.assertFalse(german._get_articles(*none, "das und nicht", "everybody"))
        self.assertEqual(self._find("stuck"), self.article)

    def test_page_search(self):
        """The page finds words of the text, the steps and the products, too."""
        Article = self.env["aftersales.article"]
        self.article.step_ids = [Command.create({"text": "<p>Turn the knob.</p>"})]
        for words in ("knobs", "advice", "door lock"):
            found = Article._search_articles(words, "everybody", self.env.company)
            self.assertEqual(found, self.article, words)
        self.article.step_ids.text = "<p>Turn the key.</p>"
        self.assertFalse(
            Article._search_articles("knobs", "everybody", self.env.company)
        )
        self.article.step_ids.unlink()
        self.assertFalse(Article._search_articles("key", "everybody", self.env.company))

    def test_publish(self):
        """Users write, managers publish; what is published changes by managers only."""
        Article = self.env["aftersales.article"]
        draft = Article.with_user(self.user_agent).create({"name": "New"})
        for step in (
            draft.action_publish,
            lambda: draft.write({"is_published": True}),
            lambda: draft.copy({"is_published": True}),
        ):
            with self.assertRaises(UserError):
                step()
        with self.assertRaisesRegex(UserError, "no text"):
            draft.with_user(self.user_manager).action_publish()
        draft.step_ids = [Command.create({"text": "<p>Do it.</p>"})]
        self.assertFalse(draft.is_locked)
        draft.with_user(self.user_manager).action_publish()
        self.assertTrue(draft.is_locked)
        self.assertFalse(draft.with_user(self.user_manager).is_locked)
        with self.assertRaises(AccessError):
            draft.name = "Changed"
        with self.assertRaises(AccessError):
            draft.step_ids[0].text = "Changed"
        with self.assertRaises(AccessError):
            draft.step_ids.unlink()
        draft.with_user(self.user_manager).action_unpublish()
        draft.name = "Changed"
        self.assertFalse(draft.copy().is_published)

    def test_answer(self):
        """One click puts an article into the answer; ours never goes out."""
        asset = self._deliver_one()
        case = self._case(asset_id=asset.id, user_id=self.user_agent.id)
        self.article.step_ids = [Command.create({"text": "<p>Turn the knob.</p>"})]
        article = self.article.with_user(self.user_agent).with_context(
            default_model=case._name, default_res_ids=case.ids
        )
        action = article.action_answer_case()
        context = action["context"]
        self.assertIn(self.article.url, context["default_body"])
        self.assertIn("Turn the knob", context["default_body"])
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.user_agent)
            .with_context(**context)
            .create({})
        )
        composer.action_send_mail()
        self.assertIn("Turn the knob", case.message_ids[0].body)
        self.assertEqual(case.reply_count, 1)
        self.article.audience = "internal"
        with self.assertRaises(UserError):
            article.action_answer_case()

    # --- Figures ---

    def _visit(self, visitor, hours=30, partner=None, article=None):
        Visit = self.env["aftersales.article.visit"]
        article = article or self.article
        Visit._count(article, visitor, partner or self.env["res.partner"])
        visit = Visit._find(article, visitor, partner)[:1]
        moment = fields.Datetime.now() - timedelta(hours=hours)
        visit.write({"date": moment, "day": moment.date()})
        # The next reader is counted by an insert of its own.
        visit.flush_recordset()
        return visit

    def test_figures(self):
        """Readers who made no case within a day, of all of more than a day ago."""
        for number in range(4):
            self._visit(f"guest-{number}")
        self._visit("guest-0", hours=0)
        asked = self._visit("", hours=23, partner=self.customer)
        late = self._visit("", hours=25, partner=self.other_customer)
        case = self._case()
        self._case(partner_id=self.other_customer.id)
        self.assertEqual(asked.case_id, case)
        self.assertFalse(late.has_case)
        asked.date = late.date
        self.article.invalidate_recordset()
        self.assertEqual(self.article.visit_count, 7)
        self.assertAlmostEqual(self.article.deflection_rate, 5 / 6)
        # The figures are there for agents, the readers are not.
        article = self.article.with_user(self.user_agent)
        self.assertEqual(article.visit_count, 7)
        with self.assertRaises(AccessError):
            article.visit_ids.mapped("date")

    def test_once(self):
        """A reader counts once a day, and has one answer: the last one."""
        Visit = self.env["aftersales.article.visit"]
        nobody = self.env["res.partner"]
        self._visit("guest", hours=48)
        for answer in ("yes", "no"):
            Visit._count(self.article, "guest", nobody)
            Visit._set_answer(self.article, "guest", nobody, answer)
        visits = Visit._find(self.article, "guest", nobody)
        self.assertEqual(visits.mapped("solved"), ["no", False])
        self.article.invalidate_recordset()
        self.assertEqual(
            (self.article.solved_count, self.article.not_solved_count), (0, 1)
        )

    def test_forget(self):
        """Readers of long ago are forgotten."""
        old = self._visit("old", hours=24 * 401)
        new = self._visit("new", hours=24 * 399)
        self.env["aftersales.article.visit"]._gc_visits()
        self.assertEqual((old | new).exists(), new)

    # --- Speed ---

    def test_many(self):
        """Among 10,000 articles the search is one query, and uses its index."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO aftersales_article
                   (name, kind, audience, active, is_published, sequence,
                    search_vector)
                   SELECT jsonb_build_object('en_US', 'Part ' || n), 'faq',
                          'everybody', true, true, 10,
                          setweight(to_tsvector('english', 'part number' || n), 'A')
                     FROM generate_series(1, 10000) n"""
            )
        )
        self.env.cr.execute("ANALYZE aftersales_article")
        self.env.invalidate_all()
        self.lock.categ_id.mapped("parent_path")
        with self.assertQueryCount(1):
            found = self._find("number77 is stuck", self.lock, self.jammed)
        self.assertEqual(found[0], self.article)
        query = self.env["aftersales.article"]._get_search_query("number77 stuck")
        # Of articles that short, reading them all would be as quick.
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            SQL(
                "EXPLAIN SELECT id FROM aftersales_article WHERE search_vector @@ %s",
                query,
            )
        )
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("search_vector_index", plan)
