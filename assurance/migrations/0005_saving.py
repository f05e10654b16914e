import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('actions', '0001_initial'),
        ('assurance', '0004_climate_surveys'),
        ('maturity', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SaveReceipt',
            fields=[
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('revision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assurance.revision')),
                ('rollup', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assurance.rollup')),
                ('audit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assurance.audit')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('saved_at', models.DateTimeField()),
                ('answer', models.JSONField(help_text='What was answered, as services/saving.py reads.')),
            ],
            options={
                'indexes': [models.Index(fields=['saved_at'], name='receipts_by_age')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('audit', None), ('revision__isnull', False), ('rollup', None)), models.Q(('audit', None), ('revision', None), ('rollup__isnull', False)), models.Q(('audit__isnull', False), ('revision', None), ('rollup', None)), _connector='OR'), name='receipt_of_one_thing')],
            },
        ),
        migrations.CreateModel(
            name='MergeDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='assurance.revision')),
                ('rollup', models.ForeignKey(help_text='Set in place of a revision.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='assurance.rollup')),
                ('assessment', models.ForeignKey(help_text='A theme of the roll-up.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='assurance.themeassessment')),
                ('audit', models.ForeignKey(help_text='Set in place of a revision.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='assurance.audit')),
                ('verdict', models.ForeignKey(help_text='A theme of the audit.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='assurance.themeverdict')),
                ('entry', models.ForeignKey(help_text='Blank: one of the details.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='assurance.entry')),
                ('action', models.ForeignKey(help_text='Set where it is an action’s field.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='actions.action')),
                ('field', models.CharField(max_length=40)),
                ('mine', models.JSONField(help_text='What was not saved.', null=True)),
                ('theirs', models.JSONField(help_text='What stood instead.', null=True)),
                ('their_version', models.PositiveIntegerField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('refused_at', models.DateTimeField()),
                ('result', models.JSONField(help_text='What was decided to stand.', null=True)),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(condition=models.Q(('decided_at', None)), fields=['revision', 'by'], name='merges_waiting_for_a_decision')],
                'constraints': [models.CheckConstraint(condition=models.Q(('decided_at__isnull', False), ('result', None), _connector='OR'), name='merge_result_with_its_decision'), models.CheckConstraint(condition=models.Q(models.Q(('assessment', None), ('audit', None), ('revision__isnull', False), ('rollup', None), ('verdict', None)), models.Q(('action', None), ('audit', None), ('entry', None), ('revision', None), ('rollup__isnull', False), ('verdict', None)), models.Q(('action', None), ('assessment', None), ('audit__isnull', False), ('entry', None), ('revision', None), ('rollup', None)), _connector='OR'), name='merge_in_one_thing')],
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='assurance.revision')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('theme', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='maturity.theme')),
                ('seen_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('revision', 'person'), name='one_presence_per_person_and_revision')],
            },
        ),
    ]
