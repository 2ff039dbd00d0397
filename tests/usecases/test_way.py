"""The declaration of intent from draft to closed."""

from story import Story


def test_the_declaration_travels_from_draft_to_closed(story: Story) -> None:
    story.at("closed")
    assert story.case["closed_at"] is not None
