"""Rules of the Image API. The row is the target; what the caller cannot see was NotFound before."""

from identity.policy import ADMIN, MEMBER, Rule

CHANGES = ("image:add_image", "image:modify_image")
READS_VISIBLE = "role:reader or role:service or role:admin"

RULES = (
    Rule("image:get_image", READS_VISIBLE, "Show and list images that are visible to the caller."),
    Rule("image:download_image", READS_VISIBLE, "Read the bytes of a visible image."),
    Rule("image:add_image", MEMBER, "Create an image in one's own project."),
    Rule("image:modify_image", MEMBER, "Change an image of one's own project."),
    Rule("image:upload_image", MEMBER, "Give an image of one's own project its bytes."),
    Rule("image:delete_image", MEMBER, "Delete an image of one's own project."),
    Rule("image:publicize_image", ADMIN, "Make an image public.", asked_with=CHANGES),
    Rule("image:set_owner", ADMIN, "Give an image to another project.", asked_with=CHANGES),
    Rule("image:deactivate", ADMIN, "Forbid the use of an image, or allow it again."),
)
