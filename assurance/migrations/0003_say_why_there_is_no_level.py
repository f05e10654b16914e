from django.db import migrations


def say_that_no_level_can_be_given(apps, schema_editor):
    """In drafts, a reason without a level was the answer “I cannot give a level”; now the answer itself is kept."""
    apps.get_model("assurance", "Entry").objects.filter(
        level=None, revision__state__in=["open", "completed"]
    ).exclude(no_level_reason="").update(no_level="cannot-say")


class Migration(migrations.Migration):
    dependencies = [("assurance", "0002_filling_in_evidence_and_mentoring")]

    operations = [migrations.RunPython(say_that_no_level_can_be_given, migrations.RunPython.noop)]
