#!/bin/sh
# Install with the first Python that is new enough: the one that was asked for, else one beside it.
# In shell, because a Python that is too old cannot even read what it should complain about.
wanted=$1
shift
is_new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
for python in "$wanted" python3.13 python3.12 python3.11 python3.14; do
    if "$python" -c "$is_new_enough" 2>/dev/null; then
        exec "$python" -I "${0%.sh}.py" "$@"
    fi
done
if command -v "$wanted" >/dev/null; then
    echo "ShopDesk needs Python 3.11 or newer; $wanted is $("$wanted" -V 2>&1)." >&2
else
    echo "ShopDesk needs Python 3.11 or newer; there is no $wanted here." >&2
fi
echo "Install one, or say where it is: make demo PYTHON=/path/to/python3.11" >&2
exit 1
