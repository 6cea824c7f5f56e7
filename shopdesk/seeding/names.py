"""Names, streets and towns as they stand on German parcels. Plain data.

Addresses end in reserved domains (RFC 2606), phone numbers are those that the Bundesnetzagentur
keeps for films: nobody real is written to or called.
"""


def _phrases(table: str) -> list[str]:
    return [" ".join(phrase.split()) for phrase in table.split("|")]


FIRST_NAMES = """
    Anna Jana Lena Marie Sophie Laura Julia Katharina Sabine Petra Monika Ursula Renate Birgit
    Heike Silke Nadine Franziska Johanna Clara Greta Frieda Ida Mia Emma Hannah Lina Paula Nele
    Svenja Merle Wiebke Antje Gesa Inken Brigitte Gisela Elke Angelika Christiane Susanne
    Martina Andrea Jürgen Günter Jörg Björn Sören Thomas Michael Andreas Peter Stefan Christian
    Markus Martin Alexander Tobias Florian Lukas Jonas Felix Noah Emil Anton Oskar Paul Leon
    Finn Ole Hinnerk Torben Matthias Sebastian Daniel Philipp Jan Henning Klaus Dieter Wolfgang
    Helmut Bernd Rüdiger Götz Hans-Jürgen Karl-Heinz Anne-Kathrin Eva-Maria Ayşe Mehmet Elif Can
    Aylin Emre Fatma Deniz Agnieszka Piotr Katarzyna Tomasz Olga Dmitri Irina Giulia Marco
    Chiara Luca Ana Nikola Jelena Linh Minh Amira Yasmin Karim Leyla Nuri Zoë Chloé Björk Åsa
""".split()  # noqa: SIM905 -- a table of words

LAST_NAMES = """
    Müller Müller Müller Müller Müller Schmidt Schmidt Schmidt Schneider Schneider Fischer
    Fischer Weber Weber Meyer Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter
    Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt
    Werner Krause Meier Lehmann Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters
    Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther Frank Berger
    Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus
    Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas
    Schreiber Graf Schulte Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas
    Voigt Sauer Arnold Wolff Pfeiffer Petersen Hansen Jensen Thomsen Johannsen Christiansen
    Carstens Lüders Brüggemann Eickhoff Großmann Nußbaum Weiß-Lorenz Müller-Hansen Özdemir
    Yılmaz Kaya Demir Şahin Çelik Kowalski Nowak Wiśniewska Novak Petrović Rossi Romano García
    Nguyen Tran Haddad
""".split()  # noqa: SIM905 -- a table of words

# Town, postal codes, share of the customers, film numbers of its area code.
TOWNS: list[tuple[str, str, int, str]] = [
    (
        "Hamburg",
        "20099 20144 20249 20253 20257 20259 20357 22083 22299 22303 22765 22767",
        24,
        "040 66969",
    ),
    ("Berlin", "10115 10179 10245 10437 10551 10823 10967 12043 12163 13187", 13, "030 23125"),
    ("München", "80331 80469 80634 80799 80802 81241 81371 81667", 7, "089 99998"),
    ("Köln", "50667 50672 50733 50823 50935 50968 51103", 6, "0221 4710"),
    ("Frankfurt am Main", "60311 60316 60322 60385 60439 60594", 5, "069 90009"),
    ("Bremen", "28195 28203 28209 28213 28359", 5, ""),
    ("Kiel", "24103 24105 24114 24118", 4, ""),
    ("Lübeck", "23552 23558 23564", 4, ""),
    ("Hannover", "30159 30161 30171 30449", 4, ""),
    ("Leipzig", "04103 04109 04229 04277", 4, ""),
    ("Dresden", "01067 01099 01309", 3, ""),
    ("Stuttgart", "70173 70178 70197 70469", 3, ""),
    ("Düsseldorf", "40210 40217 40476 40545", 3, ""),
    ("Nürnberg", "90402 90408 90429", 2, ""),
    ("Göttingen", "37073 37075", 2, ""),
    ("Münster", "48143 48147 48155", 2, ""),
    ("Freiburg im Breisgau", "79098 79102 79117", 2, ""),
    ("Flensburg", "24937 24943", 1, ""),
    ("Lüneburg", "21335 21337", 2, ""),
    ("Rostock", "18055 18057", 1, ""),
    ("Würzburg", "97070 97074", 1, ""),
    ("Görlitz", "02826", 1, ""),
    ("Bad Tölz", "83646", 1, ""),
]
NEIGHBOURS: list[tuple[str, str, list[str]]] = [
    ("AT", "Wien", ["1010", "1040", "1070", "1080", "1160", "1200"]),
    ("AT", "Graz", ["8010", "8020"]),
    ("AT", "Salzburg", ["5020"]),
    ("AT", "Innsbruck", ["6020"]),
    ("CH", "Zürich", ["8001", "8004", "8032", "8048"]),
    ("CH", "Basel", ["4051", "4057"]),
    ("CH", "Bern", ["3011", "3013"]),
    ("NL", "Utrecht", ["3511 BN", "3582 KD"]),
    ("DK", "Aarhus", ["8000", "8200"]),
]

STREETS = _phrases("""
    Bahnhofstraße | Hauptstraße | Gartenstraße | Schulstraße | Lindenweg | Mühlenweg | Am Markt
    | Kirchgasse | Goethestraße | Schillerstraße | Lange Reihe | Osterstraße | Eppendorfer Weg |
    Ottenser Hauptstraße | Große Bergstraße | Kleine Freiheit | Beim Grünen Jäger |
    Schulterblatt | Susannenstraße | Weidenallee | Hoheluftchaussee | Grindelallee |
    Mönckebergstraße | Elbchaussee | Bäckerbreitergang | Alter Fischmarkt | Rosenstraße |
    Birkenallee | Am Stadtpark | Uferweg | Fährstraße | Deichstraße | Brückenstraße |
    Kastanienallee | Sonnenallee | Prenzlauer Straße | Königstraße | Münsterplatz | Römerberg |
    Südstraße | Nordring | Weststraße
""")

COMPANIES = _phrases("""
    Café Morgenrot | Tischlerei Brandes | Kanzlei am Fleet | Physio Eimsbüttel | Architekten
    Lüth + Partner | Rösterei & Bar Kontor | Bäckerei Holtmann | Agentur Querformat |
    Zahnarztpraxis Dr. Thomsen | Buchhandlung Seitenblick | Coworking Speicherdeck | Hotel
    Alsterblick | Segelschule Nordwind
""")

DOMAINS = [
    "example.de",
    "example.com",
    "mail.example",
    "post.example",
    "example.org",
    "example.net",
]
DOMAIN_WEIGHTS = [40, 20, 16, 12, 8, 4]
MOBILE = [f"0171 39200 {number:02}" for number in range(100)]
MOBILE += [f"0176 040690 {number:02}" for number in range(100)]
TAGS = [
    "VIP",
    "Espresso-Club",
    "Abo",
    "Großkunde",
    "Newsletter-Gewinn",
    "Messe",
    "Filiale",
    "Filterfan",
]
TAG_WEIGHTS = [3, 10, 12, 4, 3, 5, 8, 6]
REMARKS = [
    "Wünscht Rückruf nur vormittags.",
    "Bestellt für das ganze Büro, Rechnung bitte an die Firma.",
    "Holt gern in der Filiale Ottensen ab.",
    "Verträgt keine dunklen Röstungen, am liebsten Äthiopien.",
    "Hat eine Handmühle zur Wartung eingeschickt.",
]
