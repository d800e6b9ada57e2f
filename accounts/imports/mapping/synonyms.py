"""What people call the columns of the people's table.

One phrase a line would be long; phrases are parted by commas. Case, spaces, marks and
punctuation do not count. A phrase that means different things in two places («Name»,
«ID», «Date») stands nowhere: no proposal is better than a wrong one.
"""

SYNONYMS: dict[str, str] = {
    "username": (
        "user, user name, login, login name, user login, sign-in name, account, "
        "account name, "
        "Benutzername, Benutzer, Anmeldename, Nutzername, "
        "nom d'utilisateur, utilisateur, identifiant, "
        "usuario, nombre de usuario, "
        "gebruiker, gebruikersnaam"
    ),
    "email": (
        "e-mail, e-mail address, mail, mail address, primary e-mail, e-mail ID, "
        "contact e-mail, "
        "E-Mail-Adresse, Mailadresse, "
        "courriel, adresse e-mail, adresse mail, adresse électronique, mél, "
        "correo, correo electrónico, dirección de correo electrónico, "
        "e-mailadres, mailadres"
    ),
    "first_name": (
        "given name, given names, forename, forenames, Christian name, first names, "
        "first, name first, "
        "Vorname, Vornamen, Rufname, "
        "prénom, prénoms, "
        "nombre, nombres, nombre de pila, "
        "voornaam, roepnaam"
    ),
    "last_name": (
        "surname, surnames, family name, second name, last names, last, name last, "
        "Nachname, Familienname, Zuname, "
        "nom, nom de famille, "
        "apellido, apellidos, "
        "achternaam, familienaam"
    ),
    "is_active": (
        "active, enabled, is enabled, account active, status, account status, "
        "aktiv, aktiviert, "
        "actif, compte actif, "
        "activo, habilitado, "
        "actief, ingeschakeld"
    ),
    "card_number": (
        "card, card no, card nr, card num, card ID, barcode, "
        "patron number, patron no, patron barcode, patron ID, library card, "
        "library card no, library card number, membership no, membership number, "
        "member no, member number, member ID, reader number, reader no, "
        "borrower number, borrower no, ticket number, ticket no, "
        "Ausweisnummer, Ausweisnr, Kartennummer, Karten-Nr., "
        "Bibliotheksausweis, Lesernummer, Mitgliedsnummer, Benutzernummer, "
        "numéro de carte, n° de carte, no de carte, carte, code-barres, "
        "numéro d'adhérent, numéro de lecteur, "
        "número de tarjeta, n.º de tarjeta, tarjeta, código de barras, "
        "número de carné, número de socio, carné, "
        "pasnummer, pasnr, kaartnummer, lidnummer, lenersnummer, streepjescode"
    ),
    "category": (
        "type, patron category, patron type, borrower category, borrower type, "
        "reader category, reader type, member type, membership, membership type, "
        "categories, user group, "
        "Kategorie, Benutzergruppe, Lesergruppe, Nutzergruppe, "
        "catégorie, type de lecteur, type d'adhérent, "
        "categoría, tipo, tipo de usuario, tipo de socio, "
        "lenerscategorie, soort lid"
    ),
    "branch": (
        "branch code, home branch, home library, library, library branch, site, "
        "site code, library code, location, location code, "
        "Zweigstelle, Filiale, Bibliothek, Standort, "
        "bibliothèque, annexe, succursale, "
        "sucursal, biblioteca, sede, "
        "vestiging, filiaal, bibliotheek"
    ),
    "phone": (
        "phone no, phone number, mobile, mobile phone, mobile no, mobile number, "
        "tel, tel no, telephone, telephone no, telephone number, cell, cell phone, "
        "contact number, "
        "Telefon, Telefonnummer, Tel.-Nr., Handy, Handynummer, Mobiltelefon, "
        "Mobilnummer, Rufnummer, "
        "numéro de téléphone, portable, tél. portable, "
        "teléfono, móvil, celular, número de teléfono, "
        "telefoon, telefoonnummer, mobiel, mobiel nummer, gsm"
    ),
    "birth_date": (
        "date of birth, DOB, born, born on, birthday, birthdate, "
        "Geburtsdatum, Geburtstag, geboren, geboren am, geb. am, geb.-Datum, "
        "date de naissance, né le, née le, naissance, "
        "fecha de nacimiento, nacimiento, nacido, "
        "geboortedatum, geboren op"
    ),
    "joined_on": (
        "joined, join date, date joined, joining date, member since, registered, "
        "registered on, registration date, date registered, registration, enrolled, "
        "enrolled on, enrolment date, enrollment date, date enrolled, start date, "
        "membership start, "
        "Beitritt, Beitrittsdatum, Eintritt, Eintrittsdatum, Mitglied seit, "
        "Anmeldedatum, angemeldet am, registriert am, "
        "date d'inscription, inscription, inscrit le, membre depuis, adhésion, "
        "date d'adhésion, "
        "fecha de alta, alta, fecha de inscripción, fecha de registro, miembro desde, "
        "socio desde, "
        "lid sinds, inschrijfdatum, inschrijvingsdatum, ingeschreven op"
    ),
    "expires_on": (
        "expires, expiry, expiry date, expiration, expiration date, date expires, "
        "date of expiry, valid until, valid to, valid till, end date, expire date, "
        "membership end, membership expiry, card expires, card expiry, "
        "gültig bis, Ablaufdatum, läuft ab, läuft ab am, Ablauf, "
        "date d'expiration, expire le, valable jusqu'au, valide jusqu'au, échéance, "
        "fecha de caducidad, caduca, caducidad, vence, fecha de vencimiento, "
        "vencimiento, válido hasta, "
        "geldig tot, vervaldatum, verloopt, verloopt op, einddatum"
    ),
    "notes": (
        "note, remark, remarks, comment, comments, memo, annotation, annotations, "
        "Notiz, Notizen, Bemerkung, Bemerkungen, Anmerkung, Anmerkungen, Kommentar, "
        "remarque, remarques, commentaire, commentaires, observations, "
        "nota, notas, observaciones, comentario, comentarios, "
        "notitie, notities, opmerking, opmerkingen"
    ),
}
