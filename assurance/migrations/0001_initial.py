import django.contrib.postgres.fields
import django.db.models.deletion
import organisation.fields
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('actions', '0001_initial'),
        ('maturity', '0001_initial'),
        ('organisation', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('pghistory', '0007_auto_20250421_0444'),
        ('records', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='organisation.unit')),
                ('quarter', organisation.fields.QuarterField()),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='maturity.edition')),
                ('opened_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-quarter', 'unit__name'],
                'indexes': [models.Index(fields=['quarter'], name='statement_by_quarter')],
                'constraints': [models.UniqueConstraint(fields=('unit', 'quarter'), name='one_statement_per_unit_and_quarter'), models.CheckConstraint(condition=models.Q(('quarter__regex', '^\\d{4}/\\d{2}-Q[1-4]$')), name='statement_is_of_a_quarter')],
            },
        ),
        migrations.CreateModel(
            name='StatementEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='assurance.statement')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('unit', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisation.unit')),
                ('quarter', organisation.fields.QuarterField()),
                ('edition', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='maturity.edition')),
                ('opened_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['pgh_obj', '-pgh_id'], name='statement_event_by_row')],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='assurance.statement')),
                ('number', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('completed', 'Completed'), ('signed', 'Signed'), ('accepted', 'Accepted'), ('returned', 'Returned')], default='open', max_length=10)),
                ('opened_because', models.TextField(blank=True, help_text='Why it follows an earlier revision.')),
                ('completer_name', models.CharField(blank=True, max_length=200, verbose_name='your name')),
                ('completer_position', models.CharField(blank=True, max_length=200, verbose_name='your position')),
                ('meeting_on', models.DateField(blank=True, null=True, verbose_name='date of the unit’s health and safety meeting')),
                ('no_meeting_reason', models.TextField(blank=True, verbose_name='why no meeting has reviewed it')),
                ('field_versions', models.JSONField(default=dict, help_text='How often each of the details has changed.')),
                ('details_changed_at', models.DateTimeField(blank=True, null=True)),
                ('details_changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('completed_at', models.DateTimeField(blank=True, null=True)),
                ('completed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signer_name', models.CharField(blank=True, max_length=200)),
                ('signer_position', models.CharField(blank=True, max_length=200)),
                ('content', models.JSONField(help_text='What was signed, word for word.', null=True)),
                ('content_digest', models.CharField(blank=True, help_text='SHA-256 of the canonical content.', max_length=64)),
            ],
            options={
                'ordering': ['number'],
                'indexes': [models.Index(fields=['content_digest'], name='revision_by_digest'), models.Index(fields=['statement', 'state', '-number'], name='revision_by_state')],
                'constraints': [models.UniqueConstraint(fields=('statement', 'number'), name='one_revision_per_number'), models.UniqueConstraint(models.F('statement'), condition=models.Q(('state__in', ['open', 'completed'])), name='one_draft_revision_per_statement'), models.CheckConstraint(condition=models.Q(models.Q(('completed_at', None), ('completed_by', None)), models.Q(('completed_at__isnull', False), ('completed_by__isnull', False)), _connector='OR'), name='completed_at_and_by_together'), models.CheckConstraint(condition=models.Q(models.Q(('completed_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('completed_at__isnull', False)), _connector='OR'), name='completed_unless_open'), models.CheckConstraint(condition=models.Q(models.Q(('content', None), ('content_digest', ''), ('signed_at', None), ('signed_by', None), ('state__in', ['open', 'completed'])), models.Q(('content__isnull', False), ('signed_at__isnull', False), ('signed_by__isnull', False), ('state__in', ['signed', 'accepted', 'returned']), ('content_digest__regex', '^[0-9a-f]{64}$'), models.Q(('signer_name', ''), _negated=True), models.Q(('signer_position', ''), _negated=True)), _connector='OR'), name='frozen_with_signature_or_neither')],
            },
        ),
        migrations.CreateModel(
            name='RevisionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='assurance.revision')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('statement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='assurance.statement')),
                ('number', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('completed', 'Completed'), ('signed', 'Signed'), ('accepted', 'Accepted'), ('returned', 'Returned')], default='open', max_length=10)),
                ('opened_because', models.TextField(blank=True, help_text='Why it follows an earlier revision.')),
                ('completer_name', models.CharField(blank=True, max_length=200, verbose_name='your name')),
                ('completer_position', models.CharField(blank=True, max_length=200, verbose_name='your position')),
                ('meeting_on', models.DateField(blank=True, null=True, verbose_name='date of the unit’s health and safety meeting')),
                ('no_meeting_reason', models.TextField(blank=True, verbose_name='why no meeting has reviewed it')),
                ('field_versions', models.JSONField(default=dict, help_text='How often each of the details has changed.')),
                ('details_changed_at', models.DateTimeField(blank=True, null=True)),
                ('details_changed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('completed_at', models.DateTimeField(blank=True, null=True)),
                ('completed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('signed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('signer_name', models.CharField(blank=True, max_length=200)),
                ('signer_position', models.CharField(blank=True, max_length=200)),
                ('content_digest', models.CharField(blank=True, help_text='SHA-256 of the canonical content.', max_length=64)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['pgh_obj', '-pgh_id'], name='revision_event_by_row')],
            },
        ),
        migrations.CreateModel(
            name='StatementDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='document', to='assurance.revision')),
                ('blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.blob')),
                ('printed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='BlankForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('statement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='blank_form', to='assurance.statement')),
                ('unit_name', models.CharField(help_text='As it is printed: under another name it is printed anew.', max_length=200)),
                ('blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.blob')),
                ('printed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='assurance.revision')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='maturity.theme')),
                ('level', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('no_level', models.CharField(blank=True, choices=[('not-sure', 'Not sure yet'), ('cannot-say', 'Cannot give a level')], help_text='Chosen in place of a level.', max_length=10)),
                ('not_sure_note', models.TextField(blank=True, help_text='What is still to be found out before a level is chosen.')),
                ('held_without_shrmt', models.BooleanField(blank=True, null=True)),
                ('criteria_met', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, help_text='The criteria that are ticked as met, by id.', size=None)),
                ('criteria_note', models.TextField(blank=True, help_text='Why the level is claimed with criteria unticked.')),
                ('evidence', models.TextField(blank=True)),
                ('no_level_reason', models.TextField(blank=True, help_text='Why no level or evidence is given.')),
                ('first_opened_at', models.DateTimeField(blank=True, help_text='When its page was first opened, and it was carried forward if it could be.', null=True)),
                ('carried', models.CharField(blank=True, choices=[('unconfirmed', 'Carried forward, not confirmed'), ('confirmed', 'Carried forward and confirmed'), ('changed', 'Carried forward and changed')], max_length=12)),
                ('carried_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assurance.entry')),
                ('field_versions', models.JSONField(default=dict, help_text='How often each field has changed.')),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['theme__number'],
                'constraints': [models.UniqueConstraint(fields=('revision', 'theme'), name='one_entry_per_revision_and_theme'), models.CheckConstraint(condition=models.Q(('level', None), ('level__range', (1, 5)), _connector='OR'), name='level_within_the_scale'), models.CheckConstraint(condition=models.Q(models.Q(('changed_at', None), ('changed_by', None)), ('changed_at__isnull', False), _connector='OR'), name='changed_by_only_with_a_time'), models.CheckConstraint(condition=models.Q(('level', None), ('no_level', ''), _connector='OR'), name='level_or_why_there_is_none'), models.CheckConstraint(condition=models.Q(models.Q(('carried', ''), ('carried_from', None)), models.Q(models.Q(('carried', ''), _negated=True), ('carried_from__isnull', False)), _connector='OR'), name='carried_from_somewhere')],
            },
        ),
        migrations.CreateModel(
            name='EntryEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='assurance.entry')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('level', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('no_level', models.CharField(blank=True, choices=[('not-sure', 'Not sure yet'), ('cannot-say', 'Cannot give a level')], help_text='Chosen in place of a level.', max_length=10)),
                ('not_sure_note', models.TextField(blank=True, help_text='What is still to be found out before a level is chosen.')),
                ('held_without_shrmt', models.BooleanField(blank=True, null=True)),
                ('criteria_met', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, help_text='The criteria that are ticked as met, by id.', size=None)),
                ('criteria_note', models.TextField(blank=True, help_text='Why the level is claimed with criteria unticked.')),
                ('evidence', models.TextField(blank=True)),
                ('no_level_reason', models.TextField(blank=True, help_text='Why no level or evidence is given.')),
                ('field_versions', models.JSONField(default=dict, help_text='How often each field has changed.')),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('changed_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['pgh_obj', '-pgh_id'], name='entry_event_by_entry')],
            },
        ),
        migrations.CreateModel(
            name='EntryAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='raised', to='assurance.entry')),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='actions.action')),
                ('token', models.UUIDField(default=uuid.uuid4, help_text='Of the form row that raised it: sent twice, raised once.')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('entry', 'action'), name='one_link_per_entry_and_action'), models.UniqueConstraint(fields=('entry', 'token'), name='one_action_per_form_row')],
            },
        ),
        migrations.CreateModel(
            name='EvidenceFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence_files', to='organisation.unit')),
                ('blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.blob')),
                ('name', models.CharField(help_text='As its owner called it, made safe. Never the name on disk.', max_length=200)),
                ('uploaded_at', models.DateTimeField()),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['unit', '-uploaded_at'], name='evidence_files_by_unit')],
            },
        ),
        migrations.CreateModel(
            name='EvidenceItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence_items', to='assurance.entry')),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='assurance.evidencefile')),
                ('url', models.URLField(blank=True, max_length=2000)),
                ('title', models.CharField(max_length=200)),
                ('of_on', models.DateField(blank=True, help_text='The day the evidence is of.', null=True)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('file', None), models.Q(('url', ''), _negated=True)), models.Q(('file__isnull', False), ('url', '')), _connector='OR'), name='evidence_is_a_file_or_a_link'), models.UniqueConstraint(fields=('entry', 'file'), name='a_file_once_per_entry')],
            },
        ),
        migrations.CreateModel(
            name='InformationRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=60, unique=True)),
                ('law', models.CharField(choices=[('foi', 'Freedom of Information Act 2000'), ('eir', 'Environmental Information Regulations 2004'), ('data-protection', 'Data protection: somebody asks for what is held about them'), ('court', 'Order of a court or tribunal'), ('other', 'Another law or agreement')], max_length=20)),
                ('subject', models.CharField(help_text='What was asked for.', max_length=200)),
                ('received_on', models.DateField()),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-received_on', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('reference', ''), _negated=True), models.Q(('subject', ''), _negated=True)), name='information_request_says_what')],
            },
        ),
        migrations.CreateModel(
            name='RequestedStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='assurance.informationrequest')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assurance.revision')),
                ('chosen_at', models.DateTimeField()),
                ('chosen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('removed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['revision__statement__unit__name', 'revision__statement__quarter', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('request', 'revision'), name='one_revision_per_request'), models.CheckConstraint(condition=models.Q(models.Q(('removed_at', None), ('removed_by', None)), models.Q(('removed_at__isnull', False), ('removed_by__isnull', False)), _connector='OR'), name='requested_statement_removed_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Withholding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withholdings', to='assurance.requestedstatement')),
                ('number', models.PositiveIntegerField(help_text='In the request’s schedule.')),
                ('path', models.CharField(help_text='Of the text in the signed content.', max_length=200)),
                ('label', models.CharField(help_text='What the text is called on the pages.', max_length=300)),
                ('spans', models.JSONField(help_text='Places kept back: from one character up to before another.')),
                ('is_whole', models.BooleanField(help_text='Whether it is all of the text.')),
                ('exemption', models.CharField(choices=[('s24', 'Section 24: national security'), ('s30', 'Section 30: investigations and proceedings'), ('s31', 'Section 31: law enforcement'), ('s38', 'Section 38: somebody’s health or safety'), ('s40', 'Section 40: personal information'), ('s41', 'Section 41: given in confidence'), ('s42', 'Section 42: legal professional privilege'), ('s43', 'Section 43: commercial interests'), ('r12', 'Regulation 12: an exception for environmental information'), ('r13', 'Regulation 13: personal data in environmental information'), ('data-protection', 'Data protection: about another person'), ('out-of-scope', 'Not part of what was asked for'), ('other', 'Another ground, which the reason names')], max_length=20)),
                ('reason', models.TextField()),
                ('decided_at', models.DateTimeField()),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='withholding_has_its_reason'), models.CheckConstraint(condition=models.Q(models.Q(('undone_at', None), ('undone_by', None)), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False)), _connector='OR'), name='withholding_undone_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='assurance.informationrequest')),
                ('number', models.PositiveIntegerField()),
                ('digest', models.CharField(help_text='SHA-256 of what is given out and of the schedule.', max_length=64)),
                ('confirmed_at', models.DateTimeField()),
                ('confirmed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('blob', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.blob')),
                ('printed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('request', 'number'), name='one_release_per_number'), models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='release_digest_is_a_sha256'), models.CheckConstraint(condition=models.Q(models.Q(('blob', None), ('printed_at', None)), models.Q(('blob__isnull', False), ('printed_at__isnull', False)), _connector='OR'), name='release_printed_with_its_file'), models.CheckConstraint(condition=models.Q(('printed_at', None), ('printed_at__gte', models.F('confirmed_at')), _connector='OR'), name='release_confirmed_first')],
            },
        ),
        migrations.CreateModel(
            name='UnitAdviser',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='advisers', to='organisation.unit')),
                ('adviser', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
            ],
            options={
                'ordering': ['starts_on'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='advising_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='MentoringRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mentoring', to='organisation.unit')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='maturity.theme')),
                ('question', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('advice', models.TextField(blank=True)),
                ('advised_at', models.DateTimeField(blank=True, null=True)),
                ('advised_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('asked_at', None), ('asked_by', None), ('question', '')), models.Q(('asked_at__isnull', False), ('asked_by__isnull', False), models.Q(('question', ''), _negated=True)), _connector='OR'), name='question_with_who_and_when'), models.CheckConstraint(condition=models.Q(models.Q(('advice', ''), ('advised_at', None), ('advised_by', None)), models.Q(('advised_at__isnull', False), ('advised_by__isnull', False), models.Q(('advice', ''), _negated=True)), _connector='OR'), name='advice_with_who_and_when'), models.CheckConstraint(condition=models.Q(('asked_at__isnull', False), ('advised_at__isnull', False), _connector='OR'), name='mentoring_says_something')],
            },
        ),
        migrations.CreateModel(
            name='Redaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redactions', to='assurance.revision')),
                ('path', models.CharField(blank=True, help_text='Of the text in the signed content. Blank: a file.', max_length=200)),
                ('label', models.CharField(help_text='What the text or file is called on the pages.', max_length=300)),
                ('item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='redactions', to='assurance.evidenceitem')),
                ('redacted', models.TextField(blank=True, help_text='The text as it is to stand. Blank: a file.')),
                ('reason', models.TextField()),
                ('authority', models.CharField(help_text='Who ordered it: a law, court or post, and its reference.', max_length=200)),
                ('proposed_at', models.DateTimeField()),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('state', models.CharField(choices=[('proposed', 'Waiting for the second person'), ('done', 'Done'), ('refused', 'Refused')], default='proposed', max_length=10)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('refused_because', models.TextField(blank=True)),
                ('digest_before', models.CharField(blank=True, max_length=64)),
                ('digest_after', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('item', None), models.Q(('path', ''), _negated=True), models.Q(('redacted', ''), _negated=True)), models.Q(('item__isnull', False), ('path', ''), ('redacted', '')), _connector='OR'), name='redaction_of_a_text_or_a_file'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('authority', ''), _negated=True)), name='redaction_has_its_grounds'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'proposed')), models.Q(models.Q(('state', 'proposed'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='redaction_decided_at_and_by_together'), models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='redaction_takes_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(models.Q(('digest_before', ''), _negated=True), models.Q(('digest_after', ''), _negated=True)), _connector='OR'), name='redaction_done_with_its_digests'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('revision', 'path', 'item'), name='one_proposed_redaction_of_a_text', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='review', to='assurance.revision')),
                ('decision', models.CharField(choices=[('accepted', 'Accept'), ('returned', 'Return')], max_length=10)),
                ('appropriately_completed', models.BooleanField()),
                ('appropriately_completed_note', models.TextField(blank=True)),
                ('reflects_performance', models.BooleanField()),
                ('reflects_performance_note', models.TextField(blank=True)),
                ('identifies_improvement', models.BooleanField()),
                ('identifies_improvement_note', models.TextField(blank=True)),
                ('reasons', models.TextField(blank=True, help_text='Why it is returned, and what is to be mended.')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decider_name', models.CharField(help_text='As it was: it stays when the account is removed.', max_length=200)),
                ('decided_at', models.DateTimeField()),
                ('content_digest', models.CharField(help_text='Of exactly what was judged.', max_length=64)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decision', 'returned'), _negated=True), models.Q(('reasons', ''), _negated=True), _connector='OR'), name='returned_with_reasons')],
            },
        ),
        migrations.CreateModel(
            name='ReviewComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='assurance.review')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='maturity.theme')),
                ('text', models.TextField()),
            ],
            options={
                'ordering': ['theme__number'],
                'constraints': [models.UniqueConstraint(fields=('review', 'theme'), name='one_comment_per_review_and_theme'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='review_comment_says_something')],
            },
        ),
        migrations.CreateModel(
            name='ReviewNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_notes', to='assurance.revision')),
                ('theme', models.ForeignKey(blank=True, help_text='Blank: on all of it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='maturity.theme')),
                ('text', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='review_note_says_something')],
            },
        ),
        migrations.CreateModel(
            name='WorkbookUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assurance.revision')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(help_text='What its author called the file.', max_length=200)),
                ('uploaded_at', models.DateTimeField()),
                ('answers', models.JSONField(help_text='As workbooks.py read them; read whole.')),
                ('decisions', models.JSONField(default=dict, help_text='Whose answer was kept where somebody else had changed it too.')),
                ('applied_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('applied_at', None)), fields=['revision', 'by'], name='workbooks_not_applied')],
            },
        ),
        migrations.AddField(
            model_name='entry',
            name='actions',
            field=models.ManyToManyField(related_name='+', through='assurance.EntryAction', to='actions.action'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statement',
            trigger=pgtrigger.compiler.Trigger(name='made_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assurance_statementevent" ("edition_id", "id", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quarter", "unit_id") VALUES (NEW."edition_id", NEW."id", NEW."opened_at", _pgh_attach_context(), NOW(), \'made\', NEW."id", NEW."quarter", NEW."unit_id"); RETURN NULL;', hash='b2066fce20d84a80192d3121a02ace76f45575fa', operation='INSERT', pgid='pgtrigger_made_insert_8fa2a', table='assurance_statement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statement',
            trigger=pgtrigger.compiler.Trigger(name='overwritten_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "assurance_statementevent" ("edition_id", "id", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quarter", "unit_id") VALUES (OLD."edition_id", OLD."id", OLD."opened_at", _pgh_attach_context(), NOW(), \'overwritten\', OLD."id", OLD."quarter", OLD."unit_id"); RETURN NULL;', hash='562bc12bfa7364def50976c8964eb7d7dcfba9a0', operation='UPDATE', pgid='pgtrigger_overwritten_update_9027a', table='assurance_statement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statement',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assurance_statementevent" ("edition_id", "id", "opened_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quarter", "unit_id") VALUES (OLD."edition_id", OLD."id", OLD."opened_at", _pgh_attach_context(), NOW(), \'removed\', OLD."id", OLD."quarter", OLD."unit_id"); RETURN NULL;', hash='c84f3c60e8f4c5cd6183cd7aa120274e88347332', operation='DELETE', pgid='pgtrigger_removed_delete_d6d49', table='assurance_statement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='62d891981d89fc3cc7f29cc026270f09e89f75eb', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0cdf9', table='assurance_statementevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='revision',
            trigger=pgtrigger.compiler.Trigger(name='signed_content_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."signed_at" IS NOT NULL)', func='RAISE EXCEPTION \'pgtrigger: Cannot update of "statement_id", "number", "opened_because", "completer_name", "completer_position", "meeting_on", "no_meeting_reason", "field_versions", "details_changed_at", "details_changed_by_id", "completed_at", "completed_by_id", "signed_at", "signed_by_id", "signer_name", "signer_position", "content", "content_digest" rows from % table\', TG_TABLE_NAME;', hash='c9ffa5dc62501f081ff124e8a01e90861b9471bd', operation='UPDATE OF "statement_id", "number", "opened_because", "completer_name", "completer_position", "meeting_on", "no_meeting_reason", "field_versions", "details_changed_at", "details_changed_by_id", "completed_at", "completed_by_id", "signed_at", "signed_by_id", "signer_name", "signer_position", "content", "content_digest"', pgid='pgtrigger_signed_content_is_frozen_f2786', table='assurance_revision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='revision',
            trigger=pgtrigger.compiler.Trigger(name='signed_revision_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."signed_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='d9b3d69226200c37c68fefd52d963e0f03968488', operation='DELETE', pgid='pgtrigger_signed_revision_stays_b50d1', table='assurance_revision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='revision',
            trigger=pgtrigger.compiler.Trigger(name='made_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assurance_revisionevent" ("completed_at", "completed_by_id", "completer_name", "completer_position", "content_digest", "details_changed_at", "details_changed_by_id", "field_versions", "meeting_on", "no_meeting_reason", "number", "opened_because", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signed_at", "signed_by_id", "signer_name", "signer_position", "state", "statement_id") VALUES (NEW."completed_at", NEW."completed_by_id", NEW."completer_name", NEW."completer_position", NEW."content_digest", NEW."details_changed_at", NEW."details_changed_by_id", NEW."field_versions", NEW."meeting_on", NEW."no_meeting_reason", NEW."number", NEW."opened_because", _pgh_attach_context(), NOW(), \'made\', NEW."id", NEW."signed_at", NEW."signed_by_id", NEW."signer_name", NEW."signer_position", NEW."state", NEW."statement_id"); RETURN NULL;', hash='c19b8a33efdaf1afd9efa6b928b6906bbca0ef13', operation='INSERT', pgid='pgtrigger_made_insert_01078', table='assurance_revision', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='revision',
            trigger=pgtrigger.compiler.Trigger(name='overwritten_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."completed_at" IS DISTINCT FROM (NEW."completed_at") OR OLD."completed_by_id" IS DISTINCT FROM (NEW."completed_by_id") OR OLD."completer_name" IS DISTINCT FROM (NEW."completer_name") OR OLD."completer_position" IS DISTINCT FROM (NEW."completer_position") OR OLD."content_digest" IS DISTINCT FROM (NEW."content_digest") OR OLD."details_changed_at" IS DISTINCT FROM (NEW."details_changed_at") OR OLD."details_changed_by_id" IS DISTINCT FROM (NEW."details_changed_by_id") OR OLD."field_versions" IS DISTINCT FROM (NEW."field_versions") OR OLD."meeting_on" IS DISTINCT FROM (NEW."meeting_on") OR OLD."no_meeting_reason" IS DISTINCT FROM (NEW."no_meeting_reason") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."opened_because" IS DISTINCT FROM (NEW."opened_because") OR OLD."signed_at" IS DISTINCT FROM (NEW."signed_at") OR OLD."signed_by_id" IS DISTINCT FROM (NEW."signed_by_id") OR OLD."signer_name" IS DISTINCT FROM (NEW."signer_name") OR OLD."signer_position" IS DISTINCT FROM (NEW."signer_position") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."statement_id" IS DISTINCT FROM (NEW."statement_id"))', func='INSERT INTO "assurance_revisionevent" ("completed_at", "completed_by_id", "completer_name", "completer_position", "content_digest", "details_changed_at", "details_changed_by_id", "field_versions", "meeting_on", "no_meeting_reason", "number", "opened_because", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signed_at", "signed_by_id", "signer_name", "signer_position", "state", "statement_id") VALUES (OLD."completed_at", OLD."completed_by_id", OLD."completer_name", OLD."completer_position", OLD."content_digest", OLD."details_changed_at", OLD."details_changed_by_id", OLD."field_versions", OLD."meeting_on", OLD."no_meeting_reason", OLD."number", OLD."opened_because", _pgh_attach_context(), NOW(), \'overwritten\', OLD."id", OLD."signed_at", OLD."signed_by_id", OLD."signer_name", OLD."signer_position", OLD."state", OLD."statement_id"); RETURN NULL;', hash='598116e409c0ca8b8c035629ac53eaf8cff05172', operation='UPDATE', pgid='pgtrigger_overwritten_update_2f1f0', table='assurance_revision', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='revision',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assurance_revisionevent" ("completed_at", "completed_by_id", "completer_name", "completer_position", "content_digest", "details_changed_at", "details_changed_by_id", "field_versions", "meeting_on", "no_meeting_reason", "number", "opened_because", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "signed_at", "signed_by_id", "signer_name", "signer_position", "state", "statement_id") VALUES (OLD."completed_at", OLD."completed_by_id", OLD."completer_name", OLD."completer_position", OLD."content_digest", OLD."details_changed_at", OLD."details_changed_by_id", OLD."field_versions", OLD."meeting_on", OLD."no_meeting_reason", OLD."number", OLD."opened_because", _pgh_attach_context(), NOW(), \'removed\', OLD."id", OLD."signed_at", OLD."signed_by_id", OLD."signer_name", OLD."signer_position", OLD."state", OLD."statement_id"); RETURN NULL;', hash='a014aeaa9c4018d941d46d59c643181cb595ec83', operation='DELETE', pgid='pgtrigger_removed_delete_2f5f3', table='assurance_revision', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='revisionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='effdb82a93da894e93adf57a475afd3acfa36845', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_82808', table='assurance_revisionevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='signed_entries_are_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (\n                        SELECT 1 FROM assurance_revision\n                        WHERE id = OLD.revision_id AND signed_at IS NOT NULL\n                    ) THEN\n                        RAISE EXCEPTION 'An entry of a signed revision cannot be changed.';\n                    END IF;\n                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                    RETURN NEW;\n                ", hash='1ac541c71dab373b857c5e7aa164fd1168b5de02', operation='UPDATE OR DELETE', pgid='pgtrigger_signed_entries_are_frozen_952f2', table='assurance_entry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='overwritten_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."criteria_met" IS DISTINCT FROM (NEW."criteria_met") OR OLD."criteria_note" IS DISTINCT FROM (NEW."criteria_note") OR OLD."evidence" IS DISTINCT FROM (NEW."evidence") OR OLD."held_without_shrmt" IS DISTINCT FROM (NEW."held_without_shrmt") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."no_level" IS DISTINCT FROM (NEW."no_level") OR OLD."no_level_reason" IS DISTINCT FROM (NEW."no_level_reason") OR OLD."not_sure_note" IS DISTINCT FROM (NEW."not_sure_note"))', func='INSERT INTO "assurance_entryevent" ("changed_at", "changed_by_id", "criteria_met", "criteria_note", "evidence", "field_versions", "held_without_shrmt", "level", "no_level", "no_level_reason", "not_sure_note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."changed_at", OLD."changed_by_id", OLD."criteria_met", OLD."criteria_note", OLD."evidence", OLD."field_versions", OLD."held_without_shrmt", OLD."level", OLD."no_level", OLD."no_level_reason", OLD."not_sure_note", _pgh_attach_context(), NOW(), \'overwritten\', OLD."id"); RETURN NULL;', hash='2d39e942da77d39f2c67daf50d5e297e4e7e7304', operation='UPDATE', pgid='pgtrigger_overwritten_update_04378', table='assurance_entry', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='removed_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "assurance_entryevent" ("changed_at", "changed_by_id", "criteria_met", "criteria_note", "evidence", "field_versions", "held_without_shrmt", "level", "no_level", "no_level_reason", "not_sure_note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."changed_at", OLD."changed_by_id", OLD."criteria_met", OLD."criteria_note", OLD."evidence", OLD."field_versions", OLD."held_without_shrmt", OLD."level", OLD."no_level", OLD."no_level_reason", OLD."not_sure_note", _pgh_attach_context(), NOW(), \'removed\', OLD."id"); RETURN NULL;', hash='3b03a19c7ccc094dfcbf9cedc8e9683ffc135b62', operation='DELETE', pgid='pgtrigger_removed_delete_57305', table='assurance_entry', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entryevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='de0640715f0eb394bca76ba20e99d154687e356f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f88a2', table='assurance_entryevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='evidencefile',
            trigger=pgtrigger.compiler.Trigger(name='evidence_files_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9af4d1e7f486d78e121158ec7a9f6ce4fe982424', operation='UPDATE OR DELETE', pgid='pgtrigger_evidence_files_stay_bc476', table='assurance_evidencefile', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='evidenceitem',
            trigger=pgtrigger.compiler.Trigger(name='signed_evidence_is_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE revision BIGINT;', func="\n            IF TG_OP <> 'INSERT' THEN\n                revision := (SELECT revision_id FROM assurance_entry WHERE id = OLD.entry_id);\n                IF EXISTS (SELECT 1 FROM assurance_revision WHERE id = revision AND signed_at IS NOT NULL) THEN\n                    RAISE EXCEPTION 'The evidence of a signed revision cannot be changed.';\n                END IF;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            revision := (SELECT revision_id FROM assurance_entry WHERE id = NEW.entry_id);\n            IF EXISTS (SELECT 1 FROM assurance_revision WHERE id = revision AND signed_at IS NOT NULL) THEN\n                RAISE EXCEPTION 'The evidence cannot be added to a signed revision.';\n            END IF;\n            RETURN NEW;\n        ", hash='7c591b367e830da84d36b24a1ca1840eddc93954', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_signed_evidence_is_frozen_bec83', table='assurance_evidenceitem', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='informationrequest',
            trigger=pgtrigger.compiler.Trigger(name='information_requests_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='168588fae5d390984d11e966864813f6df74ef89', operation='UPDATE OR DELETE', pgid='pgtrigger_information_requests_stay_8cebe', table='assurance_informationrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='requestedstatement',
            trigger=pgtrigger.compiler.Trigger(name='requested_statements_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "request_id", "revision_id", "chosen_at", "chosen_by_id" or delete rows from % table\', TG_TABLE_NAME;', hash='39bdc8f61b31e36671ff52d70624957bbf4b9367', operation='UPDATE OF "request_id", "revision_id", "chosen_at", "chosen_by_id" OR DELETE', pgid='pgtrigger_requested_statements_stay_3542b', table='assurance_requestedstatement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='withholding',
            trigger=pgtrigger.compiler.Trigger(name='withholdings_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "statement_id", "number", "path", "label", "spans", "is_whole", "exemption", "reason", "decided_at", "decided_by_id" or delete rows from % table\', TG_TABLE_NAME;', hash='e678e0fd5753dffa1996cc430e994ad3717dab8c', operation='UPDATE OF "statement_id", "number", "path", "label", "spans", "is_whole", "exemption", "reason", "decided_at", "decided_by_id" OR DELETE', pgid='pgtrigger_withholdings_stay_54fb0', table='assurance_withholding', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='release',
            trigger=pgtrigger.compiler.Trigger(name='releases_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "request_id", "number", "digest", "confirmed_at", "confirmed_by_id" or delete rows from % table\', TG_TABLE_NAME;', hash='1d4baa28194f17780dcd4e8869221c241fdefcb0', operation='UPDATE OF "request_id", "number", "digest", "confirmed_at", "confirmed_by_id" OR DELETE', pgid='pgtrigger_releases_stay_cd835', table='assurance_release', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='release',
            trigger=pgtrigger.compiler.Trigger(name='printed_releases_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."printed_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='91e9137c867d108ffaa27dd08116ac2c801cb786', operation='UPDATE', pgid='pgtrigger_printed_releases_stay_8d9f4', table='assurance_release', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='redaction',
            trigger=pgtrigger.compiler.Trigger(name='redactions_stay_as_proposed', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "revision_id", "path", "label", "item_id", "redacted", "reason", "authority", "proposed_at", "proposed_by_id" or delete rows from % table\', TG_TABLE_NAME;', hash='50dd34a169bdef66f03b7008eabd6024898d37c0', operation='UPDATE OF "revision_id", "path", "label", "item_id", "redacted", "reason", "authority", "proposed_at", "proposed_by_id" OR DELETE', pgid='pgtrigger_redactions_stay_as_proposed_ea9a1', table='assurance_redaction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='redaction',
            trigger=pgtrigger.compiler.Trigger(name='decided_redactions_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."state" = \'proposed\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='06d11cbeb4462f30c8747b2990339862e4d8df67', operation='UPDATE', pgid='pgtrigger_decided_redactions_stay_7be46', table='assurance_redaction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewcomment',
            trigger=pgtrigger.compiler.Trigger(name='review_comments_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='02da63a4dfdde5db5bab63c969b97b55c2a0986b', operation='UPDATE OR DELETE', pgid='pgtrigger_review_comments_stay_d789a', table='assurance_reviewcomment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reviewnote',
            trigger=pgtrigger.compiler.Trigger(name='review_notes_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2e5d501d23a79565f91bb98f78421ddacf04f1f7', operation='UPDATE OR DELETE', pgid='pgtrigger_review_notes_stay_f0e6c', table='assurance_reviewnote', when='BEFORE')),
        ),
    ]
