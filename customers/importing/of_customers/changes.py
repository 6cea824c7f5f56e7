"""What a row changes of a customer who is known: the fields, and the statement that compares."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from customers.figures import TOLD

FIELDS = {
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "company": gettext_lazy("Company"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "address": gettext_lazy("Default address"),
    "country": gettext_lazy("Country"),
    "note": gettext_lazy("Note"),
    "tags": gettext_lazy("Tags"),
    "external_id": gettext_lazy("Customer ID"),
    "email_consent": gettext_lazy("E-mail newsletter"),
    "sms_consent": gettext_lazy("SMS newsletter"),
    "orders_count": gettext_lazy("Orders"),
    "amount_spent": gettext_lazy("Spent"),
}
CONSENTS = {"email_consent", "sms_consent"}

# Columns of a customer that an import may change, and an undoing sets back.
RESTORED = [
    *("first_name", "last_name", "company", "note", "city", "country"),
    *("email_consent", "email_consent_level", "email_consent_at", "email_consent_collected_from"),
    *("sms_consent", "sms_consent_level", "sms_consent_at", "sms_consent_collected_from"),
    *(*TOLD, "export_figures"),
]

# Beside `planned` of customers.importing.of_customers.matching, before anything is written.
COMPARED = f"""
SELECT p.line, jsonb_strip_nulls(jsonb_build_object(
    'first_name', CASE WHEN p.first_name NOT IN ('', c.first_name)
        THEN jsonb_build_array(c.first_name, p.first_name) END,
    'last_name', CASE WHEN p.last_name NOT IN ('', c.last_name)
        THEN jsonb_build_array(c.last_name, p.last_name) END,
    'company', CASE WHEN p.company NOT IN ('', c.company)
        THEN jsonb_build_array(c.company, p.company) END,
    'note', CASE WHEN p.note NOT IN ('', c.note) THEN jsonb_build_array(c.note, p.note) END,
    'email', CASE WHEN p.email_moves THEN jsonb_build_array(has.email, p.email) END,
    'phone', CASE WHEN p.phone_is_new THEN jsonb_build_array(has.phone, p.phone_key) END,
    'address', CASE WHEN p.address_is_new THEN jsonb_build_array(has.address, concat_ws(', ',
        nullif(p.street, ''), nullif(p.extra, ''), nullif(trim(p.postal_code || ' ' || p.city), ''),
        nullif(p.region, ''), nullif(p.country, ''))) END,
    'country', CASE WHEN p.country <> '' AND NOT p.has_address AND c.country = ''
        THEN jsonb_build_array('', p.country) END,
    'external_id', CASE WHEN p.id_is_new THEN jsonb_build_array('', p.external_id) END,
    'tags', CASE WHEN p.new_tags > 0 THEN jsonb_build_array('', (
        SELECT string_agg(said.name, ', ') FROM unnest(p.tags, p.tag_keys) AS said (name, key)
        WHERE NOT EXISTS (SELECT 1 FROM customers_tag t JOIN customers_tagging g ON g.tag_id = t.id
            WHERE t.key = said.key AND g.customer_id = c.id))) END,
    'email_consent', CASE WHEN p.email_consent_to IS NOT NULL
        THEN jsonb_build_array(c.email_consent, p.email_consent_to) END,
    'sms_consent', CASE WHEN p.sms_consent_to IS NOT NULL
        THEN jsonb_build_array(c.sms_consent, p.sms_consent_to) END,
    'orders_count', CASE WHEN p.figures_differ AND p.orders_count <> c.orders_count
        THEN jsonb_build_array(c.orders_count::text, p.orders_count::text) END,
    'amount_spent', CASE WHEN p.figures_differ AND p.amount_spent <> c.amount_spent
        THEN jsonb_build_array(c.amount_spent::text, p.amount_spent::text) END
)) AS changes, jsonb_build_object(
    'columns', jsonb_build_object({", ".join(f"'{name}', c.{name}" for name in RESTORED)}),
    'updated_at', c.updated_at,
    'email_id', has.email_id, 'phone_id', has.phone_id,
    'address_id', has.address_id,
    'knew_email', EXISTS (SELECT 1 FROM customers_identity i
        WHERE i.customer_id = c.id AND i.kind = 'email' AND i.key = p.email_key),
    'tag_keys', (SELECT coalesce(jsonb_agg(said.key), '[]') FROM unnest(p.tag_keys) AS said (key)
        WHERE NOT EXISTS (SELECT 1 FROM customers_tag t JOIN customers_tagging g ON g.tag_id = t.id
            WHERE t.key = said.key AND g.customer_id = c.id))
) AS before
FROM planned p JOIN customers_customer c ON c.id = p.customer_id, LATERAL (SELECT
    coalesce((SELECT i.value FROM customers_identity i
        WHERE i.customer_id = c.id AND i.kind = 'email' AND i.is_primary), '') AS email,
    coalesce((SELECT i.value FROM customers_identity i
        WHERE i.customer_id = c.id AND i.kind = 'phone' AND i.is_primary), '') AS phone,
    (SELECT i.id FROM customers_identity i
        WHERE i.customer_id = c.id AND i.kind = 'email' AND i.is_primary) AS email_id,
    (SELECT i.id FROM customers_identity i
        WHERE i.customer_id = c.id AND i.kind = 'phone' AND i.is_primary) AS phone_id,
    (SELECT a.id FROM customers_address a WHERE a.customer_id = c.id AND a.is_default)
        AS address_id,
    coalesce((SELECT concat_ws(', ', nullif(a.street, ''), nullif(a.extra, ''),
            nullif(trim(a.postal_code || ' ' || a.city), ''), nullif(a.region, ''),
            nullif(a.country, ''))
        FROM customers_address a WHERE a.customer_id = c.id AND a.is_default), '') AS address
    ) has
WHERE p.outcome = 'changed'
"""  # noqa: S608 -- of constants
