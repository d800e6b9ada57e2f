"""Names of the demo's people, in the scripts that real registers hold.

Each name stands with its Latin spelling, from which usernames are made. Where family
names follow the bearer's sex, women and men are lists of their own.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Name:
    """A name as its bearer writes it, and in plain Latin letters."""

    written: str
    latin: str


@dataclass(frozen=True)
class NameList:
    """Given and family names that go together."""

    given: list[Name]
    family: list[Name]


def _names(text: str) -> list[Name]:
    """Read `written=latin` pairs, apart by commas."""
    pairs = (pair.strip().split("=") for pair in text.split(","))
    return [Name(written, latin) for written, latin in pairs]


def _list(given: str, family: str) -> NameList:
    return NameList(_names(given), _names(family))


NAME_LISTS = [
    # German
    _list(
        "Jürgen=juergen, Käthe=kaethe, Lena=lena, Björn=bjoern, Änne=aenne",
        "Müller=mueller, Groß=gross, Schäfer=schaefer, Weiß=weiss, Köhler=koehler",
    ),
    # French
    _list(
        "Zoé=zoe, François=francois, Hélène=helene, Théo=theo, Anaïs=anais, Noël=noel",
        "Lefèvre=lefevre, Besançon=besancon, Dupré=dupre, Gaël=gael, Œuvrard=oeuvrard",
    ),
    # English and Irish
    _list(
        "Grace=grace, Oliver=oliver, Siân=sian, Niamh=niamh, Éamon=eamon, Isla=isla",
        "O'Brien=obrien, Hughes=hughes, Ó Súilleabháin=osuilleabhain,"
        "Whitfield=whitfield, Carter-Hall=carter-hall",
    ),
    # Spanish and Portuguese
    _list(
        "Íñigo=inigo, María José=maria.jose, João=joao, Núria=nuria, Raúl=raul",
        "Muñoz García=munoz, Gonçalves=goncalves, Peña=pena, Conceição=conceicao,"
        "Ibáñez=ibanez",
    ),
    # Polish
    _list(
        "Łukasz=lukasz, Żaneta=zaneta, Michał=michal, Grażyna=grazyna, Zofia=zofia",
        "Wójcik=wojcik, Woźniak=wozniak, Kołodziej=kolodziej, Nowak=nowak, Gołąb=golab",
    ),
    # Czech and Slovak women
    _list(
        "Jiřina=jirina, Šárka=sarka, Žofie=zofie, Ľudmila=ludmila, Eliška=eliska",
        "Dvořáková=dvorakova, Nováková=novakova, Procházková=prochazkova,"
        "Říhová=rihova, Šťastná=stastna",
    ),
    # Turkish
    _list(
        "Ayşe=ayse, Çağlar=caglar, Gülşah=gulsah, İbrahim=ibrahim, Özgür=ozgur",
        "Yıldız=yildiz, Şahin=sahin, Öztürk=ozturk, Koç=koc, Çelik=celik",
    ),
    # Vietnamese: the family name stands last here, as the portal shows names
    _list(
        "Thị Hương=huong, Minh Đức=duc, Ngọc Ánh=anh, Văn Hậu=hau, Bảo Trân=tran",
        "Nguyễn=nguyen, Phạm=pham, Đặng=dang, Huỳnh=huynh, Trần=tran",
    ),
    # Swedish, Danish and Icelandic men
    _list(
        "Åke=ake, Søren=soren, Þór=thor, Håkan=hakan, Kristján=kristjan",
        "Sjöström=sjostrom, Østergaard=ostergaard, Sigurðsson=sigurdsson,"
        "Ångman=angman, Bjørnsson=bjornsson",
    ),
    # Yoruba and Igbo
    _list(
        "Ọláyínká=olayinka, Adébáyọ̀=adebayo, Chímá=chima, Nkẹ́chi=nkechi",
        "Okonjọ=okonjo, Adéyẹmí=adeyemi, Ọbásanjọ́=obasanjo, Eze=eze, Ọ̀ṣúnlànà=osunlana",
    ),
    # Russian women
    _list(
        "Анна=anna, Ольга=olga, Фёкла=fyokla, Екатерина=ekaterina, Юлия=yuliya",
        "Иванова=ivanova, Щербакова=shcherbakova, Соловьёва=solovyova, Жукова=zhukova",
    ),
    # Russian and Bulgarian men
    _list(
        "Фёдор=fyodor, Алексей=aleksey, Юрий=yuriy, Георги=georgi, Пётр=pyotr",
        "Кузнецов=kuznetsov, Щукин=shchukin, Димитров=dimitrov, Королёв=korolyov",
    ),
    # Ukrainian
    _list(
        "Олексій=oleksii, Соломія=solomiia, Богдан=bohdan, Ганна=hanna, Євген=yevhen",
        "Шевченко=shevchenko, Коваленко=kovalenko, Ґудзь=gudz, Бондаренко=bondarenko",
    ),
    # Greek women
    _list(
        "Ελένη=eleni, Μαρία=maria, Δήμητρα=dimitra, Χρυσούλα=chrysoula, Άννα=anna",
        "Παπαδοπούλου=papadopoulou, Οικονόμου=oikonomou, Γεωργίου=georgiou",
    ),
    # Greek men
    _list(
        "Γιώργος=giorgos, Νίκος=nikos, Θεόδωρος=theodoros, Στέφανος=stefanos",
        "Παπαδόπουλος=papadopoulos, Νικολαΐδης=nikolaidis, Αθανασίου=athanasiou",
    ),
    # Arabic
    _list(
        "ليلى=layla, محمد=muhammad, فاطمة=fatima, يوسف=yusuf, نور=nur, عمر=umar",
        "الخطيب=al-khatib, حداد=haddad, المصري=al-masri, درويش=darwish, نجار=najjar",
    ),
    # Persian
    _list(
        "شیرین=shirin, کیان=kian, پریسا=parisa, آرش=arash, مهسا=mahsa",
        "گلستانی=golestani, احمدی=ahmadi, پژوهش=pazhuhesh, موسوی=mousavi",
    ),
    # Hebrew
    _list(
        "שרה=sarah, יעקב=yaakov, תמר=tamar, אורי=uri, נועה=noa",
        "כהן=cohen, לוי=levi, בן־דוד=ben-david, מזרחי=mizrahi, פרידמן=friedman",
    ),
    # Chinese
    _list(
        "伟=wei, 秀英=xiuying, 雨桐=yutong, 建国=jianguo, 芳=fang, 子轩=zixuan",
        "王=wang, 李=li, 欧阳=ouyang, 张=zhang, 陈=chen, 刘=liu",
    ),
    # Japanese
    _list(
        "さくら=sakura, 健太=kenta, 美咲=misaki, 太郎=taro, 結衣=yui, 翔=sho",
        "佐藤=sato, 髙橋=takahashi, 渡邊=watanabe, 伊藤=ito, 山本=yamamoto",
    ),
    # Korean
    _list(
        "지우=jiwoo, 민준=minjun, 서연=seoyeon, 하은=haeun, 도윤=doyun",
        "김=kim, 이=lee, 박=park, 최=choi, 남궁=namgung",
    ),
    # Hindi
    _list(
        "आरव=aarav, प्रिया=priya, सुनीता=sunita, कृष्ण=krishna, अंजलि=anjali",
        "शर्मा=sharma, सिंह=singh, श्रीवास्तव=shrivastava, मिश्र=mishra",
    ),
    # Bengali
    _list(
        "অনন্যা=ananya, সৌমিত্র=soumitra, রুমানা=rumana, তানভীর=tanvir",
        "চট্টোপাধ্যায়=chattopadhyay, রহমান=rahman, সেনগুপ্ত=sengupta",
    ),
    # Tamil
    _list(
        "கவிதா=kavitha, முருகன்=murugan, மீனாட்சி=meenakshi",
        "சுப்பிரமணியன்=subramanian, இளங்கோ=ilango, பாரதி=bharathi",
    ),
    # Georgian
    _list(
        "ნინო=nino, გიორგი=giorgi, თამარ=tamar, ლევან=levan",
        "ბერიძე=beridze, კაპანაძე=kapanadze, წიკლაური=tsiklauri",
    ),
    # Armenian
    _list(
        "Անահիտ=anahit, Հայկ=hayk, Լուսինե=lusine, Տիգրան=tigran",
        "Պետրոսյան=petrosyan, Սարգսյան=sargsyan, Հակոբյան=hakobyan",
    ),
    # Thai
    _list(
        "สมชาย=somchai, ณัฐวุฒิ=nattawut, กัญญา=kanya",
        "ใจดี=jaidee, ศรีสุข=srisuk, ทองคำ=thongkham",
    ),
    # Amharic
    _list(
        "አበበ=abebe, ሰላማዊት=selamawit, ዮናስ=yonas",
        "ተስፋዬ=tesfaye, ገብረ=gebre, ወልዴ=wolde",
    ),
]
