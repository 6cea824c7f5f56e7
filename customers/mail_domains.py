"""Where most people have their mailboxes, and which endings of domains there are."""

from __future__ import annotations

from functools import cache

from babel import Locale

# Of two that are equally near to what was typed, the earlier is meant.
IN_THIS_ORDER = """
gmail.com googlemail.com outlook.com outlook.de outlook.at outlook.fr outlook.it outlook.es
hotmail.com hotmail.de hotmail.at hotmail.ch hotmail.fr hotmail.it hotmail.es hotmail.nl
hotmail.be hotmail.se hotmail.co.uk live.com live.de live.at live.fr live.it live.nl live.be
live.se live.dk live.co.uk msn.com icloud.com me.com mac.com yahoo.com yahoo.de yahoo.fr yahoo.it
yahoo.es yahoo.at yahoo.ie yahoo.se yahoo.co.uk yahoo.com.br yahoo.ca ymail.com rocketmail.com
aol.com aol.de aol.fr aol.co.uk aim.com gmx.de gmx.net gmx.at gmx.ch gmx.com gmx.org gmx.info
gmx.biz gmx.eu gmx.fr web.de mail.de email.de freenet.de t-online.de magenta.de arcor.de
vodafone.de vodafonemail.de alice.de alice-dsl.de alice-dsl.net hanse.net o2mail.de o2online.de
1und1.de online.de onlinehome.de ionos.de kabelmail.de unitybox.de unity-mail.de netcologne.de
nefkom.net ewetel.net ewe.net osnanet.de htp-tel.de versanet.de versatel.de tele2.de compuserve.de
lycos.de firemail.de epost.de posteo.de posteo.net mailbox.org tutanota.com tutanota.de tuta.io
tuta.com keemail.me proton.me protonmail.com protonmail.ch pm.me directbox.com t-email.de gmx.li
bluewin.ch hispeed.ch sunrise.ch swissonline.ch green.ch quickline.ch vtxmail.ch aon.at chello.at
a1.net inode.at liwest.at utanet.at kabsi.at drei.at tele2.at orange.fr wanadoo.fr free.fr
laposte.net sfr.fr neuf.fr numericable.fr bbox.fr libero.it virgilio.it tin.it alice.it tiscali.it
fastwebnet.it email.it ziggo.nl kpnmail.nl kpnplanet.nl planet.nl hetnet.nl home.nl xs4all.nl
upcmail.nl casema.nl chello.nl quicknet.nl telenet.be skynet.be proximus.be scarlet.be pandora.be
pt.lu telefonica.net terra.es sapo.pt telia.com comhem.se spray.se bredband.net mail.dk online.no
onet.pl onet.eu wp.pl o2.pl interia.pl interia.eu op.pl poczta.onet.pl gazeta.pl tlen.pl seznam.cz
centrum.cz email.cz volny.cz post.cz azet.sk zoznam.sk freemail.hu citromail.hu btinternet.com
btopenworld.com sky.com virginmedia.com virgin.net talktalk.net ntlworld.com blueyonder.co.uk
plusnet.com eircom.net comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net
charter.net earthlink.net optonline.net juno.com shaw.ca rogers.com sympatico.ca bigpond.com
optusnet.com.au zoho.com fastmail.com fastmail.fm hey.com hushmail.com mail.com email.com
yandex.ru yandex.com mail.ru bk.ru inbox.ru list.ru rambler.ru ukr.net abv.bg qq.com 163.com
126.com naver.com
"""
DOMAINS = tuple(IN_THIS_ORDER.split())
KNOWN = frozenset(DOMAINS)
# All over the world there is one of these, whatever people expect in their own country.
WORLDWIDE = {"gmail": "gmail.com", "googlemail": "googlemail.com", "icloud": "icloud.com"}

# Endings of more than two letters that are a letter away from one of these, and real all the same.
COMMON_ENDINGS = ("com", "net", "org", "info", "de")
REAL_BESIDE_THEM = frozenset(
    {"bet", "bom", "cam", "dev", "mom", "nec", "new", "next", "ong", "pet", "vet"}
)
# Beside the countries of ISO 3166-1, where babel knows other codes as well.
OTHER_TWO_LETTERS = frozenset({"ac", "eu", "su", "tp", "uk"})
NO_COUNTRIES_ENDINGS = frozenset({"ea", "ez", "ic", "qo", "un", "xa", "xb", "zz"})


@cache
def countries_endings() -> frozenset[str]:
    """All endings of two letters; a few that are reserved count as real."""
    known = (str(code).lower() for code in Locale("en").territories)
    codes = {code for code in known if len(code) == 2 and code.isalpha()}
    return frozenset((codes | OTHER_TWO_LETTERS) - NO_COUNTRIES_ENDINGS)
