"""The forms in which people answer: mail programs, languages of their menus, encodings, what servers add on the way."""

from __future__ import annotations

import pytest
from inbound import ASKED, FIELDS, QUOTED, html, mail, multipart, part

from arende.mailread.held import Held
from arende.mailread.understanding import understand

BLOCKQUOTE = "<blockquote type=cite><p>Svara med GODKÄNN, AVSLÅ eller ÅTERREMISS</p></blockquote>"


def both(plain: str, rich: str) -> str:
    return multipart(part(plain), part(rich, "text/html; charset=utf-8"))


ALTERNATIVE = 'multipart/alternative; boundary="=_b1"'
MIXED = "multipart/mixed; boundary==_b1"

UNDERSTOOD: dict[str, tuple[bytes, str, str]] = {
    "recusal, Outlook classic": (mail(f"JÄV\n\n-----Ursprungligt meddelande-----\n{FIELDS}\n\n{ASKED}"), "recuse", ""),
    "recusal with its reason": (mail(f"Jävig: min bror sitter i styrelsen.\n\n{FIELDS}\n\n{ASKED}"), "recuse", "min bror sitter i styrelsen."),
    "recusal in English": (mail(f"Recuse - I chair the applicant's board\n\nOn 14 Sep 2026, at 08:15, System <a@b.example> wrote:\n\n{QUOTED}"), "recuse", "I chair the applicant's board"),
    "recusal without å, ä, ö": (mail("JAV\n"), "recuse", ""),
    "new Outlook, HTML and text": (
        mail(
            both(
                f"GODKÄNN\n\nHälsningar Åsa\n________________________________\n{FIELDS}\n\n{ASKED}",
                html(
                    '<style type="text/css" style="display:none;"> P {margin-top:0;margin-bottom:0;} </style>'
                    '<div class="elementToProof" style="font-family: Aptos; font-size: 12pt; color: rgb(0, 0, 0);">GODKÄNN</div>'
                    '<div class="elementToProof"><br></div><div id="Signature">Hälsningar Åsa</div><div id="appendonsend"></div>'
                    f"<hr><div id=divRplyFwdMsg><b>Från:</b> x</div><div>{ASKED}</div>"
                ),
            ),
            kind=ALTERNATIVE,
        ),
        "approve",
        "Hälsningar Åsa",
    ),
    "new Outlook, dark mode, HTML only": (
        mail(html('<div style="color: rgb(255, 255, 255); background-color: rgb(0, 0, 0);">AVSLÅ</div><div id="appendonsend"></div><p>GODKÄNN</p>'), kind="text/html; charset=utf-8"),
        "reject",
        "",
    ),
    "Outlook desktop, HTML only, our hidden first line in the quote": (
        mail(html(f"<p class=MsoNormal>GODKÄNN<o:p></o:p></p><div style='border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>Från:</b> x<br><b>Skickat:</b> y<br><b>Till:</b> z<br><b>Ämne:</b> å</p></div><div style='display:none;font-size:0'>Svara AVSLÅ</div><p>{ASKED}</p>"), kind="text/html; charset=utf-8"),
        "approve",
        "",
    ),
    "iOS in Swedish": (mail(f"Godkänn.\n\nSkickat från min iPhone\n\n> 14 sep. 2026 kl. 08:15 skrev Ärendesystemet <a@b.example>:\n> \n{QUOTED}"), "approve", ""),
    "iOS, attribution without quote marks": (mail(f"Avslag\n\n14 sep. 2026 kl. 08:15 skrev Ärendesystemet <a@b.example>:\n\n﻿{ASKED}"), "reject", ""),
    "Gmail app": (mail(f"Godkänns\r\n\r\nDen mån 14 sep. 2026 08:15Ärendesystemet <beslut+k7abc@region.example> skrev:\r\n\r\n{QUOTED}"), "approve", ""),
    "Gmail, attribution over three lines": (mail(f"ÅTERREMISS: se punkt 3\n\nDen mån 14 sep. 2026 kl 08:15 skrev Ärendesystemet för Region\nNorrland och dess nämnder <\nbeslut+k7abc@region.example>:\n\n{QUOTED}"), "return", "se punkt 3"),
    "Gmail in English, bold": (mail(f"*APPROVE*\n\nOn Mon, Sep 14, 2026 at 8:15 AM System <a@b.example> wrote:\n\n{QUOTED}"), "approve", ""),
    "Samsung": (mail(f"BIFALL\n\n\nSkickat från min Galaxy\n\n\n-------- Originalmeddelande --------\nFrån: x <a@b.example>\nDatum: 2026-09-14 08:15 (GMT+01:00)\nTill: y\nRubrik: z\n\n{ASKED}"), "approve", ""),
    "Lotus Notes": (mail(f"AVSLÅ, underlag saknas\n\n\n\nFrån:\t\"Ärendesystemet\" <a@b.example>\nTill:\tÅsa Öberg/Region@Region\nDatum:\t2026-09-14 08:15\nÄrende:\tBeslut\n\n\n\n{ASKED}"), "reject", "underlag saknas"),
    "Apple Mail": (mail(f"Återremitteras\n\nÅsa\n\n> 14 sep. 2026 kl. 08:15 skrev x <a@b.example>:\n{QUOTED}", kind="text/plain; charset=utf-8; delsp=yes; format=flowed"), "return", "Åsa"),
    "K-9": (mail(f"Godkänn\n-- \nSkickat från min Android-telefon med K-9 Mail. Ursäkta min fåordighet.\n\nDen 14 september 2026 08:15:00 CEST, skrev x <a@b.example>:\n{QUOTED}"), "approve", ""),
    "Proton": (mail(f"Godkänn\n\nSkickat med Proton Mail säker e-post.\n\n-------- Originalmeddelande --------\nDen måndag den 14 september 2026 kl. 08:15 skrev x <a@b.example>:\n\n{QUOTED}"), "approve", ""),
    "Proton Bridge, HTML": (mail(html(f'<div style="font-family: Arial;">AVSLÅ</div><div class="protonmail_signature_block"></div><div class="protonmail_quote">-------- Originalmeddelande --------<br>Den måndag skrev x:<br>{BLOCKQUOTE}</div>'), kind="text/html; charset=utf-8", encoding="base64"), "reject", ""),
    "Yahoo": (mail(f"Godkänn\n\nSkickat från Yahoo Mail för iPhone\n\nDen måndag 14 september 2026 08:15:00 CEST skrev x <a@b.example>: \n\n{ASKED}"), "approve", ""),
    "GroupWise": (mail(f"Avslå\n\n>>> Ärendesystemet <a@b.example> 2026-09-14 08:15 >>>\n{ASKED}"), "reject", ""),
    "Outlook for Android": (mail(f"Godkänn\n\nHämta Outlook för Android<https://aka.ms/x>\n{FIELDS}\n\n{ASKED}"), "approve", ""),
    "answer below the quote, Thunderbird": (mail(f"Den 2026-09-14 kl. 08:15, skrev x:\n{QUOTED}\n\nAVSLÅ\nFör dyrt.\n\n-- \nÅsa"), "reject", "För dyrt."),
    "answer below the quote, HTML": (mail(html(f'<div class="moz-cite-prefix">Den 14 september skrev x:<br></div>{BLOCKQUOTE}<p>Godkänn</p>'), kind="text/html; charset=utf-8"), "approve", ""),
    "soft line ends in an encoded text": (mail(f"AVSLÅ\n{'Underlaget räcker tyvärr och alldeles klart ' * 4}inte till.\n\n{FIELDS}\n\n{ASKED}", encoding="quoted-printable"), "reject", ("Underlaget räcker tyvärr och alldeles klart " * 4) + "inte till."),
    "flowed text with stuffed lines": (mail(f"RETURN\n Please add \nthe opinion.\n\n{QUOTED}", kind="text/plain; format=flowed; charset=utf-8"), "return", "Please add the opinion."),
    "base64": (mail("GODKÄNN\r\n", encoding="base64"), "approve", ""),
    "UTF-16": (mail("GODKÄNN\r\n".encode("utf-16"), kind="text/plain; charset=utf-16", encoding="base64"), "approve", ""),
    "windows-1252 called us-ascii": (mail("GODKÄNN\r\n".encode("cp1252"), kind="text/plain; charset=us-ascii"), "approve", ""),
    "windows-1252 called utf-8": (mail("AVSLÅ – bristande underlag".encode("cp1252")), "reject", "bristande underlag"),
    "UTF-8 without a charset": (mail("ÅTERREMISS", kind="text/plain"), "return", ""),
    "Mac Roman": (mail("GODKÄNN".encode("mac_roman"), kind="text/plain; charset=macintosh"), "approve", ""),
    "decomposed letters": (mail("A\u030aTERREMISS\n"), "return", ""),
    "no-break spaces and a byte-order mark": (mail("\ufeff\u00a0\n\u00a0GODKÄNN\u00a0\n"), "approve", ""),
    "HTML only": (mail("<p>Godk&auml;nn</p>", kind="text/html; charset=utf-8"), "approve", ""),
    "related, with a picture in the signature": (
        mail(
            multipart(part(multipart(part("AVSLÅ"), part('<p>AVSLÅ</p><img src="cid:1">', "text/html"), boundary="=_b2"), "multipart/alternative; boundary==_b2"), part("x", "image/png; name=logo.png", "Content-ID: <1>", encoding="base64")),
            kind='multipart/related; boundary="=_b1"',
        ),
        "reject",
        "",
    ),
    "signed with S/MIME": (mail(multipart(part("GODKÄNN\n"), part("MIIB", "application/pkcs7-signature; name=smime.p7s", encoding="base64")), kind='multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="=_b1"'), "approve", ""),
    "a notice of confidentiality": (mail("Godkänn\n\nÅsa\n\nDetta meddelande är konfidentiellt och avsett endast för mottagaren. Är det inte ditt, avslå inte att radera det."), "approve", "Åsa"),
    "a mail server's warning on top": (mail(f"Varning: Externt mejl. Öppna inte länkar eller\nbilagor från okända avsändare.\n\nGODKÄNN\n\n{QUOTED}"), "approve", ""),
    "a warning on top, HTML": (mail(html("<table><tr><td>[EXTERN AVSÄNDARE] Klicka inte på länkar.</td></tr></table><div>Avslå</div>"), kind="text/html"), "reject", ""),
    "footer of a server as a part of its own": (mail(multipart(part("GODKÄNN\n"), part("__________________\nRegion Norrland behandlar personuppgifter.")), kind=MIXED), "approve", ""),
    "with a file": (mail(multipart(part("AVSLÅ: se bilaga\n"), part("GODKÄNN", "text/plain; name=not.txt", 'Content-Disposition: attachment; filename="not.txt"')), kind=MIXED), "reject", "se bilaga"),
    "exclamation marks": (mail("Approved!!\nThanks"), "approve", "Thanks"),
    "question for the case officer": (mail("FRÅGA: vad kostar det?"), "question", "vad kostar det?"),
    "question in English": (mail("Question. Who pays?\n\n-- \nÅsa"), "question", "Who pays?"),
}  # fmt: skip


@pytest.mark.parametrize("form", UNDERSTOOD)
def test_a_form_is_understood(form: str) -> None:
    raw, decision, comment = UNDERSTOOD[form]
    read = understand(raw)
    assert read.kind == "reply"
    assert (read.decision or read.held_reason) == decision
    assert " ".join(read.comment.split()) == comment.strip()


HELD: dict[str, tuple[bytes, Held]] = {
    "the word is only in the quote": (mail(f"\n\nDen 14 sep 2026 kl 08:15 skrev x <a@b.example>:\n\n> GODKÄNN\n{QUOTED}"), Held.NO_TEXT),
    "the word is only in an unmarked quote": (mail(f"{FIELDS}\n\nGODKÄNN"), Held.NO_TEXT),
    "the word is only in a blockquote": (mail(html("<blockquote>GODKÄNN</blockquote>"), kind="text/html"), Held.NO_TEXT),
    "the word is below the signature": (mail("Hej\n-- \nÅsa\nGODKÄNN"), Held.NO_WORD),
    "nothing but a signature with the word": (mail("-- \nGODKÄNN"), Held.NO_TEXT),
    "the word follows what a telephone adds": (mail("Skickat från min iPhone\n\nGODKÄNN"), Held.NO_TEXT),
    "not approved": (mail("inte godkänt"), Held.NO_WORD),
    "approved not": (mail("Godkänns inte"), Held.NO_WORD),
    "cannot approve": (mail("Kan inte godkänna detta."), Held.NO_WORD),
    "OK but": (mail("OK men stryk punkt 3"), Held.NO_WORD),
    "OK": (mail("OK"), Held.NO_WORD),
    "approve but": (mail("Godkänn, men inte punkt 3"), Held.CONDITIONAL),
    "approve, strike": (mail("Godkänn. Stryk punkt 3 först, så snart det är gjort får det tas upp."), Held.CONDITIONAL),
    "approve with a change": (mail("Bifall, med ändringen att 5 blir 6"), Held.CONDITIONAL),
    "approve, wait": (mail("Godkänn. Fast vänta med punkt 2"), Held.CONDITIONAL),
    "approve from a holiday": (mail("Godkänn: jag är på semester till 3 augusti"), Held.ABSENCE),
    "approve by an automaton": (mail("GODKÄNN. Detta är ett autosvar"), Held.ABSENCE),
    "approve if": (mail("Godkänn, om punkt 3 stryks"), Held.CONDITIONAL),
    "approve and regret": (mail("GODKÄNN\n\nGlöm det förra, jag ångrar mig."), Held.CONDITIONAL),
    "approve, in part": (mail("Godkänn, delvis"), Held.CONDITIONAL),
    "approve, assuming": (mail("Godkänn. Jag förutsätter att punkt 3 rättas"), Held.CONDITIONAL),
    "approve with a reservation": (mail("Bifall, med reservation"), Held.CONDITIONAL),
    "approve and send back": (mail("Godkänn - skicka tillbaka"), Held.CONDITIONAL),
    "approve, well": (mail("Godkänn: nja"), Held.CONDITIONAL),
    "approve and conflict": (mail("Godkänn. Jag har jäv, min fru äger marken."), Held.CONDITIONAL),
    "approve between two quotes": (mail("> Svara GODKÄNN\nGodkänn\n> Punkt 2\nNja"), Held.CONDITIONAL),
    "approve, pending, English": (mail("Approve, pending review"), Held.CONDITIONAL),
    "approve, send back, English": (mail("Approve. Send back."), Held.CONDITIONAL),
    "approve, declined, English": (mail("Approve, declined"), Held.CONDITIONAL),
    "approve provided, English": (mail("Approve. Provided that item 3 is removed."), Held.CONDITIONAL),
    "approve, don't send": (mail("APPROVE\nbut don’t send it"), Held.CONDITIONAL),
    "approve no": (mail("Approve: no"), Held.CONDITIONAL),
    "a condition below the quote": (mail(f"GODKÄNN\n\nDen 14 sep 2026 08:15 skrev x <a@b.example>:\n{QUOTED}\nmen inte punkt 3"), Held.CONDITIONAL),
    "a condition inside Gmail's quote": (mail(html(f'<div>GODKÄNN</div><div class="gmail_quote"><div class="gmail_attr">Den mån skrev x:</div>{BLOCKQUOTE}<div>men inte punkt 3</div></div>'), kind="text/html"), Held.CONDITIONAL),
    "two words": (mail("GODKÄNN\n\nNej, AVSLÅ menar jag."), Held.CONTRADICTORY),
    "another word after what a telephone adds": (mail("GODKÄNN\n\nSkickat från min iPhone\n\nÅngrar mig: AVSLÅ"), Held.CONTRADICTORY),
    "another word below the signature": (mail("GODKÄNN\n-- \nÅsa\nAVSLÅ"), Held.CONTRADICTORY),
    "reject or return": (mail("AVSLÅ eller ÅTERREMISS"), Held.NO_WORD),
    "disqualified in the comment": (mail("Godkänn. Fast jag är jävig."), Held.CONTRADICTORY),
    "not disqualified": (mail("JÄV: nej"), Held.NEGATED),
    "reject: no": (mail("AVSLÅ: nej"), Held.NEGATED),
    "hesitation": (mail("Godkänn..."), Held.NO_WORD),
    "a question mark": (mail("GODKÄNN?"), Held.NO_WORD),
    "in quotation marks": (mail('"GODKÄNN"'), Held.NO_WORD),
    "a header that looks like a word": (mail("Return-Path: <a@b.example>"), Held.NO_WORD),
    "a longer word": (mail("Godkännande."), Held.NO_WORD),
    "a Cyrillic letter": (mail("АPPROVE"), Held.NO_WORD),
    "a lost letter": (mail("GODK\ufffdNN"), Held.UNREADABLE),
    "a lost letter in the comment": (mail("GODKÄNN\nm\ufffdn bara punkt 3"), Held.UNREADABLE),
    "an unknown charset": (mail("GODKÄNN", kind='text/plain; charset="x-unknown"'), Held.UNREADABLE),
    "text turned around": (mail("GODKÄNN: \u202etxet"), Held.UNREADABLE),
    "absence note without a sign of it": (mail("Hej! Jag är på semester till den 20 september."), Held.ABSENCE),
    "Finnish absence note": (mail("Olen lomalla 20.9. asti."), Held.ABSENCE),
    "forwarded": (mail("Björn, tar du den?\n\nVidarebefordrat brev:\n\nFrån: x\n\nGODKÄNN", subject="VB: Beslut"), Held.NO_WORD),
    "HTML and text disagree": (mail(both("GODKÄNN", html("<p>AVSLÅ</p>")), kind=ALTERNATIVE), Held.TWO_TEXTS),
    "HTML adds a condition": (mail(both("GODKÄNN", html("<p>GODKÄNN, men inte punkt 3</p>")), kind=ALTERNATIVE), Held.TWO_TEXTS),
    "a boundary is missing": (mail(f"--=_b1\n{part('GODKÄNN')}\n", kind=MIXED), Held.BROKEN),
    "no boundary": (mail("GODKÄNN", kind="multipart/mixed"), Held.BROKEN),
    "base64 that is none": (mail("GODKÄNN", encoding="8bit").replace(b"Encoding: 8bit", b"Encoding: base64"), Held.BROKEN),
    "an unknown transfer encoding": (mail("GODKÄNN").replace(b"Encoding: 8bit", b"Encoding: x-rot13"), Held.BROKEN),
    "two subjects": (mail("GODKÄNN", "Subject: Annat"), Held.BROKEN),
    "two kinds of content": (mail("GODKÄNN", "Content-Type: text/html"), Held.BROKEN),
    "a line among the headers that is none": (mail("GODKÄNN", "this is no header"), Held.BROKEN),
    "encrypted": (mail("MIIB", kind="application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", encoding="base64"), Held.ENCRYPTED),
    "a file and no text": (mail("GODKÄNN", kind='text/plain; name="a.txt"'), Held.NO_TEXT),
    "the word is in an attached mail": (mail(multipart(part("Se bifogat."), part("From: x@y.example\n\nGODKÄNN", "message/rfc822")), kind=MIXED), Held.NO_WORD),
    "a warning on top that does not end": (mail("Varning: externt mejl\nGODKÄNN"), Held.NO_WORD),
    "a notice on top": (mail("Detta mejl är avsett som en fråga\n\nGODKÄNN"), Held.NO_WORD),
    "longer than is read": (mail("GODKÄNN\n" + "och så vidare\n" * 600), Held.TOO_LONG),
}  # fmt: skip


@pytest.mark.parametrize("case", HELD)
def test_what_is_no_clear_decision_is_held(case: str) -> None:
    raw, reason = HELD[case]
    read = understand(raw)
    assert (read.kind, read.decision, read.held_reason) == ("reply", None, reason)


HIDDEN = {
    "not displayed": '<div style="display: none">{}</div>',
    "no size": '<span style="font-size:0px">{}</span>',
    "one pixel": '<span style="FONT-SIZE: 1px">{}</span>',
    "white on white": '<span style="color:#FFFFFF">{}</span>',
    "nearly white": '<font color="#fefefe">{}</font>',
    "white by name": '<p style="color:white">{}</p>',
    "black on black": '<p style="background:#000;color:#010101">{}</p>',
    "white, written otherwise": '<p style="color:hsl(0, 0%, 100%)">{}</p>',
    "clear": '<p style="color: transparent">{}</p>',
    "clear by its last number": '<p style="color: rgba(0,0,0,0)">{}</p>',
    "hidden": '<p style="visibility:hidden">{}</p>',
    "hidden by attribute": "<p hidden>{}</p>",
    "not opaque": '<p style="opacity:0">{}</p>',
    "no height": '<div style="max-height:0;overflow:hidden">{}</div>',
    "far outside": '<div style="position:absolute;left:-9999px">{}</div>',
    "hidden from Word": '<span style="mso-hide:all">{}</span>',
    "with a comment inside the style": '<span style="dis/**/play:none;display:/* */none">{}</span>',
    "in a field": "<textarea>{}</textarea>",
    "in a list of choices": "<select><option>{}</option></select>",
    "struck out": "<p><s>{}</s></p>",
    "struck out by Outlook": "<strike>{}</strike>",
    "deleted": "<p><del>{}</del></p>",
    "struck out by its style": '<span style="text-decoration: line-through">{}</span>',
    "by a style sheet": "<style>.x{{display:none}}</style><p class=x>{}</p>",
}


@pytest.mark.parametrize("way", HIDDEN)
@pytest.mark.parametrize("words", ["GODKÄNN", "men inte punkt 3"])
def test_hidden_text_decides_nothing(way: str, words: str) -> None:
    hidden = HIDDEN[way].format(words)
    before, after = (hidden + "<p>Hej</p>", "") if words == "GODKÄNN" else ("<p>GODKÄNN</p>", hidden)
    read = understand(mail(html(before + after), kind="text/html; charset=utf-8"))
    assert read.decision is None


def test_hidden_text_before_the_word_holds_it() -> None:
    read = understand(mail(html("<p style='display:none'>AVSLÅ</p><p>GODKÄNN</p>"), kind="text/html"))
    assert (read.decision, read.held_reason) == (None, Held.HIDDEN_TEXT)
    assert read.text == "GODKÄNN"


@pytest.mark.parametrize(
    "style",
    ["font-size:11.0pt;color:#1F497D", "border-width:0px;line-height:0", "margin-left:-5.4pt;text-indent:-18.0pt",
     "font-size:.9em;min-width:0", "color:white;background-color:#003366", "font:normal 10px Arial;opacity:0.9"],
)  # fmt: skip
def test_ordinary_styles_hide_nothing(style: str) -> None:
    read = understand(mail(html(f'<div style="{style}">GODKÄNN</div>'), kind="text/html"))
    assert read.decision == "approve"
