"""What the mails say of a case's documents: their titles, as the record has them."""

from story import Story


def test_a_mail_names_documents_by_their_titles(story: Story) -> None:
    story.at("municipal_consultation")
    for template in ("referral", "approval_request"):
        mail = story.mails(template)[0]
        assert "- Avsiktsförklaring" in mail["text"]
        assert "declaration.pdf" not in mail["text"] + mail["html"]
        assert "declaration.pdf" in str(mail["attachments"])
