"""Sentences as people type them in a hurry, written before the keywords were looked at again.

Of each category the first half was used to find what the words lack; nothing was changed for the
second half, which says how well words are understood that nobody has seen.
"""

from __future__ import annotations

#: {the category meant: (two to look at, two that were kept apart)}
DUTCH: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "verlichting.lamp-brandt-niet": (
        (
            "erg donker als je de hond uitlaat, de lamp is stuk",
            "lantarnpaal nr 12 bij ons om de hoek doet t niet meer",
        ),
        (
            "mijn dochter fietst in het donker naar huis want de straatlamp bij de school is kapot",
            "de lantaren naast de bushalte gaat steeds aan en uit",
        ),
    ),
    "verlichting.lamp-brandt-overdag": (
        (
            "waarom staat die lamp bij het park overdag gewoon te branden",
            "lantaarn voor ons huis blijft de hele dag aan",
        ),
        (
            "zonde van de stroom, de straatlampen zijn om 12 uur s middags nog aan",
            "lampen op het plein gaan niet meer uit",
        ),
    ),
    "verlichting.mast-beschadigd": (
        (
            "busje van de bezorger heeft de lantaarnpaal geraakt, hij hangt helemaal scheef",
            "er steken draden uit de paal van de lamp, kinderen spelen ernaast",
        ),
        (
            "lantarenpaal staat zo krom als een hoepel na een botsing",
            "luikje onderaan de lichtmast is open en je ziet de bedrading",
        ),
    ),
    "verlichting.hele-straat-donker": (
        (
            "bij ons doet geen enkele lantaarn het, de hele straat zit in het donker",
            "alle straatlampen in de wijk zijn uit sinds het onweer",
        ),
        (
            "heel de straat is pikkedonker vanavond",
            "van de rotonde tot de kerk is alle verlichting uitgevallen",
        ),
    ),
    "wegen.losse-tegel": (
        (
            "bij het uitlaten van de hond struikelde ik over een stoeptegel die omhoog staat",
            "stoeptegl ligt los voor de bakker",
        ),
        (
            "oma is met haar rollator blijven haken achter een tegel die scheef ligt",
            "de stoep ligt er hobbelig bij door de wortels van die boom",
        ),
    ),
    "wegen.gat-in-de-weg": (
        (
            "enorm gat in de straat, ik reed bijna mijn band lek",
            "kuil in het fietspad langs de sloot",
        ),
        (
            "het wegdek is stuk, mijn auto klapt er elke ochtend in",
            "gaten in het asfald bij de brug",
        ),
    ),
    "wegen.gladheid": (
        (
            "fietspad is spiegelglad, waarom is er niet gestrooid",
            "tractor heeft een spoor modder achtergelaten, ik gleed bijna uit",
        ),
        (
            "stoep bij het bejaardenhuis is helemaal bevroren en glad",
            "er ligt olie op de rotonde, mijn motor gleed weg",
        ),
    ),
    "wegen.verkeersbord": (
        (
            "het bord van verboden in te rijden is omgedraaid",
            "straatnaambordje hangt los aan de muur van nummer 3",
        ),
        (
            "er groeit een struik voor het verkeersbord, niemand ziet het meer",
            "bordje met de straatnaam is foetsie",
        ),
    ),
    "wegen.belijning": (
        (
            "de strepen op de weg bij school zijn helemaal weg",
            "zebrapad is versleten, auto's stoppen niet meer",
        ),
        (
            "je kan de haaietanden op het kruispunt nauwelijks nog zien",
            "witte lijnen van het fietspad zijn vervaagd",
        ),
    ),
    "groen.boom-of-tak": (
        (
            "grote tak op het fietspad gewaaid, je kan er niet langs",
            "die boom naast de speeltuin is volgens mij dood",
        ),
        (
            "boom staat op omvallen na de wind van gister, vlak naast een lantaarnpaal",
            "er bungelt een afgebroken tak boven het bankje",
        ),
    ),
    "groen.snoeien": (
        (
            "heg is zo breed dat je met de kinderwagen over straat moet",
            "struiken hangen over het trottoir, graag snoeien",
        ),
        (
            "bosjes op de hoek zijn te hoog, je ziet het verkeer niet aankomen",
            "takken van de gemeenteboom groeien tegen mijn dakgoot, kan dat gesnoeid worden",
        ),
    ),
    "groen.onkruid": (
        (
            "onkruit tot aan mijn knieen tussen de tegels",
            "het staat hier vol brandnetels langs het schoolpad",
        ),
        (
            "goten en stoepen zitten vol onkruid, ziet er niet uit",
            "plantenperk bij het bankje is helemaal overwoekerd met distels",
        ),
    ),
    "groen.maaien": (
        (
            "wanneer wordt het gras op het veldje gemaaid, de kinderen kunnen niet voetballen",
            "berm staat zo hoog dat je de fietsers niet ziet",
        ),
        (
            "gras bij de hondenuitlaatplek komt tot mijn knieen",
            "er is dit jaar nog niet gemaait langs de dijk",
        ),
    ),
    "groen.eikenprocessierups": (
        (
            "hele eik vol met van die jeukrupsen naast het schoolplein",
            "proccesierupsen bij de speeltuin, kinderen zitten onder de bulten",
        ),
        (
            "in de boom achter ons zit een nest rupsen met van die haren",
            "ik heb vreselijke jeuk van de processierups langs het fietspad",
        ),
    ),
    "afval.zwerfafval": (
        (
            "overal blikjes en zakjes van de snackbar rond het bankje",
            "hangjongeren laten hun troep liggen bij de speeltuin",
        ),
        (
            "het stikt hier van de rotzooi, plastic en papier in de bosjes",
            "glasscherven op het fietspad, ik ben al twee keer lek gereden",
        ),
    ),
    "afval.volle-prullenbak": (
        (
            "prulenbak bij het park puilt uit",
            "de vuilnisbak naast het bankje is al weken niet leeggemaakt",
        ),
        (
            "bak voor hondenpoep zit tjokvol",
            "prullenbak bij de bushalte zit tot de rand toe vol, alles ligt ernaast",
        ),
    ),
    "afval.kapotte-prullenbak": (
        (
            "iemand heeft de prullenbak bij de haven opgeblazen met vuurwerk",
            "prullenbak is van de paal gevallen",
        ),
        (
            "klepje van de vuilnisbak is eraf",
            "de afvalbak in het park is in de fik gestoken",
        ),
    ),
    "afval.gedumpt-afval": (
        (
            "er staat een oude bank naast de container, al drie dagen",
            "vuilniszakken gedumpt achter de lantaarnpaal",
        ),
        (
            "iemand heeft zijn wasmachine in het bos achtergelaten",
            "zakken vol bouwpuin langs de weg gegooid",
        ),
    ),
    "afval.drugsafval": (
        (
            "blauwe vaten langs de sloot die naar chemicalien ruiken",
            "spuiten gevonden onder de glijbaan",
        ),
        (
            "volgens mij is er afval van een drugslab gedumpt in het bos",
            "er liggen naalden bij het bankje",
        ),
    ),
    "water.verstopte-put": (
        (
            "de put voor mijn huis loopt niet meer door",
            "afvoerputje in de goot zit vol blad",
        ),
        (
            "straatput verstopt, water blijft staan",
            "kolk bij de oversteek zit dicht met modder",
        ),
    ),
    "water.water-op-straat": (
        (
            "na die hoosbui staat de hele straat onder water",
            "grote plas op het fietspad die nooit weg gaat",
        ),
        (
            "de weg staat blank, ik kan mijn huis niet droog uit",
            "als het regent loopt het water zo bij mij de schuur in vanaf de straat",
        ),
    ),
    "water.sloot-of-oever": (
        (
            "sloot achter het huis groeit helemaal dicht",
            "de kant van de vijver is weggezakt, gevaarlijk voor kinderen",
        ),
        (
            "kroos in de vijver, de eendjes kunnen niet meer zwemmen",
            "beschoeiing langs het water is verrot",
        ),
    ),
    "water.rioolstank": (
        (
            "het stinkt al dagen naar riool bij ons in de straat",
            "gore lucht komt uit het putje voor de deur",
        ),
        (
            "rioollucht op het schoolplein",
            "wat een stank uit die put, net rotte eieren",
        ),
    ),
    "meubilair.speeltoestel": (
        (
            "schommel hangt nog maar aan een ketting",
            "de wipkip in de speeltuin wiebelt en er steekt een spijker uit",
        ),
        (
            "glijbaan is kapot en scherp, mijn zoontje heeft zich gesneden",
            "klimrek op het veldje zit los",
        ),
    ),
    "meubilair.bank": (
        (
            "van het bankje onder de boom is een plank gebroken",
            "bankje in het park is gesloopt",
        ),
        (
            "zitting van de bank bij de kerk is doorgerot",
            "de picknicktafel langs de dijk is stuk",
        ),
    ),
    "meubilair.paal-of-hek": (
        (
            "paaltje op het fietspad is eruit gereden",
            "hekje rond de speelplaats is kapot",
        ),
        (
            "anti parkeerpaal staat scheef na een aanrijding",
            "leuning van de brug zit los",
        ),
    ),
    "meubilair.graffiti": (
        (
            "er is op de muur van de school gespoten met verf",
            "bushokje zit onder de stickers en graffitti",
        ),
        (
            "iemand heeft vieze woorden op het elektriciteitshuisje gekalkt",
            "lantaarnpaal is volgekliederd met tags",
        ),
    ),
    "dieren.dood-dier": (
        (
            "er ligt een doodgereden kat voor mijn deur",
            "dode vogels bij de vijver, vogelgriep?",
        ),
        (
            "aangereden egel op de rijbaan",
            "dooie zwaan in het water bij de brug",
        ),
    ),
    "dieren.ratten": (
        (
            "ratten lopen s avonds bij de containers",
            "ik zie steeds een rat onder het bankje wegschieten",
        ),
        (
            "er zit een rattennest in de bosjes naast de speeltuin",
            "ongedierte bij de sloot, volgens mij ratten",
        ),
    ),
    "dieren.wespen": (
        (
            "wespennest in de lantaarnpaal",
            "mijn kind is gestoken door wespen bij de prullenbak",
        ),
        (
            "er zitten wespen in de grond naast het klimrek",
            "hoornaars in de holle boom langs het pad",
        ),
    ),
    "dieren.hondenpoep": (
        (
            "hondepoep op de stoep, elke dag weer",
            "mensen ruimen de stront van hun hond niet op bij het speelveld",
        ),
        (
            "mijn kind stapte in een drol op het grasveld",
            "het trottoir ligt vol met hondenkeutels",
        ),
    ),
    "overig.voertuigwrak": (
        (
            "er staat al maanden een auto zonder nummerbord voor de deur",
            "fietswrak zit vast aan de lantaarnpaal",
        ),
        (
            "oude caravan staat al sinds de zomer op de parkeerplaats weg te rotten",
            "bus van een bedrijf parkeert steeds op de stoep",
        ),
    ),
}

#: The same in English: (one to look at, one that was kept apart).
ENGLISH: dict[str, tuple[str, str]] = {
    "verlichting.lamp-brandt-niet": (
        "walking the dog is scary, the street light is broken",
        "lamp near the school hasn't worked for days",
    ),
    "wegen.losse-tegel": (
        "my gran tripped over a loose paving slab",
        "the pavement is uneven because of the roots",
    ),
    "wegen.gat-in-de-weg": (
        "big pothole just before the bridge",
        "there's a deep hole in the cycle path by the ditch",
    ),
    "groen.boom-of-tak": (
        "a branch is hanging over the playground and could fall",
        "tree blown over on the footpath",
    ),
    "afval.volle-prullenbak": (
        "the bin next to the bench is overflowing",
        "nobody empties the litter bin at the bus stop",
    ),
    "afval.gedumpt-afval": (
        "someone dumped a mattress behind the containers",
        "an old fridge was left next to the lamp post",
    ),
    "water.verstopte-put": (
        "drain in front of our house is clogged",
        "the gully is full of leaves and does not drain",
    ),
    "meubilair.bank": (
        "the bench under the tree has lost a plank",
        "broken bench near the pond",
    ),
    "dieren.hondenpoep": (
        "dog poo on the pavement every single day",
        "people don't pick up after their dogs in the park",
    ),
    "meubilair.graffiti": (
        "somebody sprayed paint on the school wall",
        "bus shelter is covered in graffiti and stickers",
    ),
}

#: What says nothing, or nothing about a street.
NONSENSE: tuple[str, ...] = (
    "asdf",
    "hallo",
    "qwerty qwerty",
    "test 123",
    "ja",
    "help",
    "zie foto",
    "kunt u mij terugbellen",
    "wat zijn de openingstijden van het gemeentehuis",
    "mijn paspoort is verlopen",
    "bedankt en fijne dag",
    "hello there",
)
