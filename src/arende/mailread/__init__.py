"""Reading mail that comes in: pure functions from bytes to facts. Nothing here is believed, and nothing here raises.

``parts`` takes the message apart, ``headers`` reads its fields, ``inmail`` puts the facts together. ``mailkind`` says
what sort of mail it is, ``htmltext`` and ``trimmer`` what its writer wrote, ``grammar`` what that decides and ``held``
why it decides nothing. ``understanding`` asks them in the right order. ``authresults`` judges what the site's own mail
server found out about the sender.

All of it is linear in the size of the mail, since anybody may send one; measured on mails built to hang a reader.
"""
