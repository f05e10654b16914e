import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Allowance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(help_text='A HeavyWork.', max_length=20)),
                ('hour', models.DateTimeField(help_text='When the hour begins.')),
                ('spent', models.PositiveIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['hour'], name='allowance_by_hour')],
                'constraints': [models.UniqueConstraint(models.F('person'), models.F('kind'), models.F('hour'), name='one_allowance_per_hour')],
            },
        ),
        migrations.CreateModel(
            name='Blob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('size', models.PositiveBigIntegerField(help_text='In bytes.')),
                ('media_type', models.CharField(max_length=100)),
                ('stored_at', models.DateTimeField()),
                ('verdict', models.CharField(choices=[('not-scanned', 'Not scanned: no antivirus is set up'), ('waiting', 'Waiting to be scanned'), ('clean', 'Nothing found'), ('infected', 'Infected')], default='not-scanned', max_length=12)),
                ('scanned_at', models.DateTimeField(blank=True, null=True)),
                ('removed_at', models.DateTimeField(blank=True, help_text='When its bytes were taken away for good, because the law asked for it.', null=True)),
                ('finding', models.CharField(blank=True, help_text='What the antivirus daemon calls it.', max_length=200)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('verdict', 'waiting')), fields=['id'], name='blobs_waiting_to_be_scanned')],
                'constraints': [models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='blob_named_by_its_sha256')],
            },
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_class', models.CharField(choices=[('everything', 'Everything'), ('statements', 'Statements, with their evidence, reviews and mentoring'), ('actions', 'Actions and plans'), ('reports', 'Roll-ups and panel papers'), ('people', 'Accounts, appointments and qualifications'), ('trail', 'The trail, with names and network addresses'), ('messages', 'Notices, sessions, jobs and other working data')], max_length=12, verbose_name='what is held')),
                ('scope', models.CharField(choices=[('force', 'The whole force'), ('group', 'A business group, and everybody appointed to it or to its units'), ('unit', 'A unit, and everybody appointed to it'), ('person', 'A person')], max_length=6, verbose_name='whose records')),
                ('scope_id', models.BigIntegerField(blank=True, help_text='Of the unit, group or person; blank: the force.', null=True)),
                ('authority', models.CharField(help_text='Who ordered it: a post or body, and its reference.', max_length=200)),
                ('reason', models.TextField()),
                ('placed_at', models.DateTimeField()),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lift_authority', models.CharField(blank=True, max_length=200)),
                ('lift_reason', models.TextField(blank=True)),
                ('lift_asked_at', models.DateTimeField(blank=True, null=True)),
                ('lift_asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('scope', 'force'), ('scope_id', None)), models.Q(models.Q(('scope', 'force'), _negated=True), ('scope_id__isnull', False)), _connector='OR'), name='hold_names_whose_records'), models.CheckConstraint(condition=models.Q(models.Q(('authority', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='hold_has_an_authority_and_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('lift_asked_at', None), ('lift_asked_by', None), ('lift_authority', ''), ('lift_reason', '')), models.Q(('lift_asked_at__isnull', False), ('lift_asked_by__isnull', False), models.Q(('lift_authority', ''), _negated=True), models.Q(('lift_reason', ''), _negated=True)), _connector='OR'), name='hold_lift_asked_at_by_and_why_together'), models.CheckConstraint(condition=models.Q(models.Q(('lifted_at', None), ('lifted_by', None)), models.Q(('lift_asked_at__isnull', False), ('lifted_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='hold_lifted_after_it_was_asked'), models.CheckConstraint(condition=models.Q(('lifted_by', None), models.Q(('lifted_by', models.F('lift_asked_by')), _negated=True), _connector='OR'), name='hold_lifted_by_a_second_person')],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('task', models.CharField(help_text="The Celery task's name.", max_length=100)),
                ('key', models.CharField(help_text='What is being built; one live job for each.', max_length=200)),
                ('arguments', models.JSONField(default=dict)),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('queued', 'Waiting to start'), ('running', 'Running'), ('done', 'Ready'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=10)),
                ('dispatched_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveIntegerField(default=0, help_text='Also the fencing token: who holds the newest may write.')),
                ('lease_until', models.DateTimeField(null=True)),
                ('progress', models.PositiveSmallIntegerField(default=0, help_text='Per cent.')),
                ('step', models.CharField(blank=True, help_text='What is being done, in words.', max_length=200)),
                ('error', models.TextField(blank=True, help_text='What happened and what to do, for the person who asked.')),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['key', '-id'], name='job_by_key')],
                'constraints': [models.UniqueConstraint(models.F('key'), condition=models.Q(('state__in', ['queued', 'running'])), name='one_live_job_per_key'), models.CheckConstraint(condition=models.Q(('progress__lte', 100)), name='job_progress_is_per_cent'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('state__in', ['queued', 'running'])), models.Q(models.Q(('state__in', ['queued', 'running']), _negated=True), ('finished_at__isnull', False)), _connector='OR'), name='job_finished_when_not_live'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), ('lease_until__isnull', False), _connector='OR'), name='running_job_has_a_lease')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(help_text='thing.event, e.g. statement.returned', max_length=60)),
                ('line', models.TextField(help_text='What has happened and what to do, in a sentence or two.')),
                ('address', models.CharField(help_text='Where to do it: a path on this site.', max_length=300)),
                ('key', models.CharField(help_text='Said once for each person and key, however often it is written.', max_length=200)),
                ('at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, help_text='It was true when written and is not any more.', null=True)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(condition=models.Q(('sent_at', None)), fields=['person', 'at'], name='notices_not_sent'), models.Index(condition=models.Q(('sent_at', None), ('withdrawn_at', None)), fields=['key'], name='notices_waiting_by_key', opclasses=['varchar_pattern_ops'])],
                'constraints': [models.UniqueConstraint(fields=('person', 'key'), name='said_once_to_each_person'), models.CheckConstraint(condition=models.Q(('sent_at', None), ('withdrawn_at', None), _connector='OR'), name='notice_sent_or_withdrawn')],
            },
        ),
        migrations.CreateModel(
            name='PersonalExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_at', models.DateTimeField()),
                ('complete', models.BooleanField(help_text='Or only what an administrator may read of it.')),
                ('made_at', models.DateTimeField(blank=True, null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('content', models.BinaryField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['person', 'requested_by', '-id'], name='personal_exports_by_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('content', None), ('made_at', None), ('sha256', '')), models.Q(('content__isnull', False), ('made_at__isnull', False), ('sha256__regex', '^[0-9a-f]{64}$')), _connector='OR'), name='personal_export_made_with_its_content')],
            },
        ),
        migrations.CreateModel(
            name='TrailEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('act', models.CharField(help_text='thing.verb, e.g. statement.signed', max_length=60)),
                ('thing_type', models.CharField(blank=True, max_length=60)),
                ('thing_id', models.BigIntegerField(blank=True, null=True)),
                ('thing_name', models.CharField(blank=True, max_length=300)),
                ('detail', models.JSONField(default=dict)),
                ('name_commitment', models.CharField(blank=True, help_text='Blank where the system acted.', max_length=64)),
                ('address_commitment', models.CharField(blank=True, help_text='Blank where there was no request.', max_length=64)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['thing_type', 'thing_id'], name='trail_by_thing'), models.Index(fields=['at'], name='trail_by_time'), models.Index(fields=['actor', '-id'], name='trail_by_person'), models.Index(fields=['act', '-id'], name='trail_by_act')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('thing_id', None), ('thing_type', '')), models.Q(models.Q(('thing_type', ''), _negated=True), ('thing_id__isnull', False)), _connector='OR'), name='trail_thing_by_type_and_id')],
            },
        ),
        migrations.CreateModel(
            name='TrailLink',
            fields=[
                ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='link', to='records.trailentry')),
                ('digest', models.CharField(max_length=64, unique=True)),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.CheckConstraint(condition=models.Q(('position__gte', 1)), name='chain_counts_from_one'), models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='link_digest_is_a_sha256')],
            },
        ),
        migrations.CreateModel(
            name='TrailIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identities', to='records.trailentry')),
                ('kind', models.CharField(choices=[('name', 'Name'), ('address', 'Network address'), ('words', 'Words')], max_length=10)),
                ('salt', models.CharField(max_length=32)),
                ('text', models.TextField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('entry', 'kind'), name='one_identity_per_entry_and_kind')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='blob',
            trigger=pgtrigger.compiler.Trigger(name='blobs_never_change', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "sha256", "size", "media_type", "stored_at" or delete rows from % table\', TG_TABLE_NAME;', hash='36d97b4000c27596d01244107549ae206f3f384b', operation='UPDATE OF "sha256", "size", "media_type", "stored_at" OR DELETE', pgid='pgtrigger_blobs_never_change_b4b00', table='records_blob', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='legalhold',
            trigger=pgtrigger.compiler.Trigger(name='holds_stay_as_placed', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "record_class", "scope", "scope_id", "authority", "reason", "placed_at", "placed_by_id" or delete rows from % table\', TG_TABLE_NAME;', hash='a493a47c523f6721b4f9f62189860f4a21933e95', operation='UPDATE OF "record_class", "scope", "scope_id", "authority", "reason", "placed_at", "placed_by_id" OR DELETE', pgid='pgtrigger_holds_stay_as_placed_aa761', table='records_legalhold', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='legalhold',
            trigger=pgtrigger.compiler.Trigger(name='lifted_holds_stay_lifted', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."lifted_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0b6485b3527bd7c61e900c1f8cea006029c9cf38', operation='UPDATE', pgid='pgtrigger_lifted_holds_stay_lifted_f8d12', table='records_legalhold', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='trailentry',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c3ba1eb7b32a4cb12cd3a5c83112e6aa2acbf31d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3d1eb', table='records_trailentry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='trailentry',
            trigger=pgtrigger.compiler.Trigger(name='extends_the_chain', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', declare='DECLARE before RECORD; here BIGINT; covered TEXT;', func='\n                    PERFORM pg_advisory_xact_lock(7266483101);\n                    SELECT position, digest INTO before FROM records_traillink ORDER BY position DESC LIMIT 1;\n                    here := COALESCE(before.position, 0) + 1;\n                    SELECT string_agg(octet_length(part) || \':\' || part || \',\', \'\' ORDER BY place) INTO covered\n                    FROM unnest(ARRAY[\n                        COALESCE(before.digest, \'\'),\n                        here::text,\n                        NEW.id::text,\n                        to_char(NEW.at AT TIME ZONE \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.US\'),\n                        COALESCE(NEW.actor_id::text, \'\'),\n                        NEW.act::text,\n                        NEW.thing_type::text,\n                        COALESCE(NEW.thing_id::text, \'\'),\n                        NEW.thing_name::text,\n                        NEW.detail::text,\n                        NEW.name_commitment::text,\n                        NEW.address_commitment::text\n                    ]) WITH ORDINALITY AS parts(part, place);\n                    INSERT INTO records_traillink (position, entry_id, digest)\n                    VALUES (here, NEW.id, encode(sha256(convert_to(covered, \'UTF8\')), \'hex\'));\n                    RETURN NULL;\n                ', hash='753188b78e4d87a52a241fa5aceee67d0fc82dec', operation='INSERT', pgid='pgtrigger_extends_the_chain_f8498', table='records_trailentry', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='traillink',
            trigger=pgtrigger.compiler.Trigger(name='chain_only_grows', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='35a11ac40da63ea62c4ce93cefe4ece7fdecf74c', operation='UPDATE OR DELETE', pgid='pgtrigger_chain_only_grows_1e9c5', table='records_traillink', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='trailidentity',
            trigger=pgtrigger.compiler.Trigger(name='identities_are_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='b648bead3faf949191c67efd0fa86ee6ad6b2a35', operation='UPDATE', pgid='pgtrigger_identities_are_never_changed_64de5', table='records_trailidentity', when='BEFORE')),
        ),
    ]
