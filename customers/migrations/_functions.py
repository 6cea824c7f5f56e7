"""The SQL functions that fold text for search. A change of them needs a new migration and new rows.

Every name is qualified: a restore from a dump runs with an empty search path. `unaccent` is only
STABLE because its dictionary could be changed; naming the dictionary makes it safe to declare ours
IMMUTABLE.
"""

CREATE_FUNCTIONS = """
CREATE OR REPLACE FUNCTION public.shop_fold(text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(public.unaccent('public.unaccent'::regdictionary, normalize($1, NFC)))
$$;
CREATE OR REPLACE FUNCTION public.shop_collapse(text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT replace(replace(replace($1, 'ae', 'a'), 'oe', 'o'), 'ue', 'u')
$$;
CREATE OR REPLACE FUNCTION public.shop_search_fold(text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT public.shop_collapse(public.shop_fold($1))
$$;
"""

DROP_FUNCTIONS = """
DROP FUNCTION IF EXISTS public.shop_search_fold(text);
DROP FUNCTION IF EXISTS public.shop_collapse(text);
DROP FUNCTION IF EXISTS public.shop_fold(text);
"""
