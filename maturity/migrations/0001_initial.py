import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisation', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('source', models.CharField(blank=True, max_length=400)),
                ('notes', models.TextField(blank=True)),
                ('starts_on', models.DateField(help_text='New statements use it from this day.', unique=True)),
                ('in_use_since', models.DateTimeField(blank=True, help_text='When the first statement was opened on it; from then on it cannot change.', null=True)),
            ],
            options={
                'ordering': ['starts_on'],
            },
        ),
        migrations.CreateModel(
            name='Level',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='levels', to='maturity.edition')),
                ('number', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=100)),
                ('band_heading', models.CharField(blank=True, max_length=300)),
                ('band_behaviour', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'number'), name='one_level_per_number'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='levels_count_from_one')],
            },
        ),
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='themes', to='maturity.edition')),
                ('number', models.PositiveSmallIntegerField()),
                ('identity', models.SlugField(max_length=60)),
                ('name', models.CharField(max_length=200)),
                ('scored', models.BooleanField(default=True, help_text="Off while the theme's levels have not been released.")),
                ('note', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'number'), name='one_theme_per_number'), models.UniqueConstraint(fields=('edition', 'identity'), name='one_theme_per_identity')],
            },
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='maturity.theme')),
                ('level', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='maturity.level')),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
            ],
            options={
                'verbose_name_plural': 'criteria',
                'ordering': ['theme__number', 'level__number', 'number'],
                'constraints': [models.UniqueConstraint(fields=('theme', 'level', 'number'), name='one_criterion_per_number')],
            },
        ),
        migrations.CreateModel(
            name='EvidencePrompt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prompts', to='maturity.theme')),
                ('level', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prompts', to='maturity.level')),
                ('text', models.TextField()),
            ],
            options={
                'ordering': ['theme__number', 'level__number'],
                'constraints': [models.UniqueConstraint(fields=('theme', 'level'), name='one_prompt_per_theme_and_level'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='prompt_says_something')],
            },
        ),
        migrations.CreateModel(
            name='Standard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='standards', to='maturity.theme')),
                ('level', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='standards', to='maturity.level')),
                ('kind', models.CharField(choices=[('behaviour', 'Behavioural standard'), ('kpi', 'Key performance indicator (KPI)')], max_length=10)),
                ('number', models.PositiveSmallIntegerField()),
                ('reference', models.CharField(help_text='What the publisher calls it.', max_length=40)),
                ('text', models.TextField()),
                ('how_tested', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['theme__number', 'level__number', 'kind', 'number'],
                'constraints': [models.UniqueConstraint(fields=('theme', 'level', 'kind', 'number'), name='one_standard_per_number'), models.UniqueConstraint(fields=('theme', 'reference'), name='a_reference_once_per_theme'), models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('reference', ''), _negated=True)), name='standard_says_something')],
            },
        ),
        migrations.CreateModel(
            name='NotComparable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='not_comparable', to='maturity.edition')),
                ('earlier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='maturity.edition')),
                ('identity', models.SlugField(max_length=60)),
                ('reason', models.TextField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('edition', 'earlier', 'identity'), name='said_once_per_pair')],
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('self_sustaining', models.BooleanField(default=False, help_text='Held without relying on SHRMT.')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.businessgroup')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('risk_bands', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], max_length=10), blank=True, default=list, help_text='Units of these risk bands only, lowest first.', size=None)),
                ('theme_identity', models.SlugField(blank=True, help_text='Blank: every theme.', max_length=60)),
                ('share', models.PositiveSmallIntegerField(blank=True, help_text='Per cent of units. Blank: every unit.', null=True)),
                ('by_on', models.DateField()),
                ('endorsed_by', models.CharField(max_length=200)),
                ('endorsed_on', models.DateField()),
                ('source', models.CharField(blank=True, help_text='Where it is written down.', max_length=400)),
                ('note', models.TextField(blank=True)),
                ('entered_at', models.DateTimeField()),
                ('entered_by', models.ForeignKey(help_text='Blank: the system.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('superseded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='supersedes', to='maturity.target')),
                ('superseded_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['by_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('level__range', (1, 5))), name='target_within_the_scale'), models.CheckConstraint(condition=models.Q(models.Q(('group', None), ('unit', None)), models.Q(('group', None), ('risk_bands', [])), models.Q(('risk_bands', []), ('unit', None)), _connector='OR'), name='target_for_a_group_a_unit_or_bands'), models.CheckConstraint(condition=models.Q(('risk_bands__contained_by', ['low', 'medium', 'high'])), name='target_for_known_risk_bands'), models.CheckConstraint(condition=models.Q(('share', None), models.Q(('share__range', (1, 100)), ('unit', None)), _connector='OR'), name='target_share_of_several_units'), models.CheckConstraint(condition=models.Q(('endorsed_by', ''), _negated=True), name='target_endorsed_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('superseded_at', None), ('superseded_by', None)), models.Q(('superseded_at__isnull', False), ('superseded_by__isnull', False)), _connector='OR'), name='target_superseded_by_and_at_together'), models.CheckConstraint(condition=models.Q(('superseded_by', models.F('id')), _negated=True), name='target_superseded_by_another')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='target',
            trigger=pgtrigger.compiler.Trigger(name='targets_are_not_edited', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "level", "self_sustaining", "group_id", "unit_id", "risk_bands", "theme_identity", "share", "by_on", "endorsed_by", "endorsed_on", "source", "note", "entered_at", "entered_by_id" or delete rows from % table\', TG_TABLE_NAME;', hash='97f071f966b777861794835ba6a0528fa3517ba1', operation='UPDATE OF "level", "self_sustaining", "group_id", "unit_id", "risk_bands", "theme_identity", "share", "by_on", "endorsed_by", "endorsed_on", "source", "note", "entered_at", "entered_by_id" OR DELETE', pgid='pgtrigger_targets_are_not_edited_02ae8', table='maturity_target', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='target',
            trigger=pgtrigger.compiler.Trigger(name='targets_are_superseded_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."superseded_at" IS NOT NULL)', func='RAISE EXCEPTION \'pgtrigger: Cannot update of "superseded_by_id", "superseded_at" rows from % table\', TG_TABLE_NAME;', hash='ac8a9f92e103a95fba5547045094d02a0fa055dc', operation='UPDATE OF "superseded_by_id", "superseded_at"', pgid='pgtrigger_targets_are_superseded_once_22219', table='maturity_target', when='BEFORE')),
        ),
    ]
