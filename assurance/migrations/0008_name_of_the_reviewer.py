from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assurance', '0007_information_requests'),
        ('organisation', '0003_appointments_that_end_at_once'),
    ]

    operations = [
        migrations.AddField(
            model_name='review',
            name='decider_name',
            field=models.CharField(default='', help_text='As it was: it stays when the account is removed.', max_length=200),
            preserve_default=False,
        ),
        migrations.RunSQL(
            'UPDATE assurance_review SET decider_name = person.name FROM organisation_user AS person WHERE person.id = decided_by_id',
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
