import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assurance', '0003_audits'),
        ('organisation', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ClimateSurvey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('held_from', models.DateField()),
                ('held_to', models.DateField()),
                ('points', models.PositiveSmallIntegerField(help_text='Of the scale, from 1; the highest is the fullest agreement.')),
                ('source', models.TextField(blank=True, help_text='Who asked whom, and where the results come from.')),
                ('imported_at', models.DateTimeField()),
                ('imported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='assurance.climatesurvey')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_because', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-held_to', '-id'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), condition=models.Q(('replaces', None), ('withdrawn_at', None)), name='one_first_import_of_a_survey'), models.UniqueConstraint(models.F('replaces'), condition=models.Q(('withdrawn_at', None)), name='one_import_takes_anothers_place'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='climate_survey_has_a_name'), models.CheckConstraint(condition=models.Q(('held_to__gte', models.F('held_from'))), name='climate_survey_held_forwards'), models.CheckConstraint(condition=models.Q(('points__range', (2, 10))), name='climate_scale_has_points'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_because', ''), ('withdrawn_by', None)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawn_because', ''), _negated=True)), _connector='OR'), name='climate_survey_withdrawn_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='ClimateResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='assurance.climatesurvey')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='climate_results', to='organisation.unit')),
                ('theme_identity', models.SlugField(max_length=60)),
                ('respondents', models.PositiveIntegerField(blank=True, help_text='Blank: fewer than ten.', null=True)),
                ('mean', models.DecimalField(blank=True, decimal_places=2, help_text='Where the answers are not counted.', max_digits=4, null=True)),
                ('answers', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), blank=True, default=list, help_text='How many chose each point, from 1 up.', size=None)),
            ],
            options={
                'ordering': ['unit__name', 'theme_identity'],
                'indexes': [models.Index(fields=['unit', 'theme_identity'], name='climate_by_unit_and_theme')],
                'constraints': [models.UniqueConstraint(fields=('survey', 'unit', 'theme_identity'), name='one_climate_result_per_unit_and_theme'), models.CheckConstraint(condition=models.Q(models.Q(('answers', []), ('mean', None), ('respondents', None)), models.Q(('answers', []), ('mean__isnull', False), ('respondents__gte', 10), ('respondents__isnull', False)), models.Q(('mean', None), ('respondents__gte', 10), ('respondents__isnull', False), models.Q(('answers', []), _negated=True)), _connector='OR'), name='fewer_than_ten_leave_no_number')],
            },
        ),
        migrations.CreateModel(
            name='ClimateUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(help_text='What its author called the file.', max_length=200)),
                ('uploaded_at', models.DateTimeField()),
                ('survey', models.JSONField(help_text='What its author said of the survey; read whole.')),
                ('results', models.JSONField(default=list, help_text='As climate_files.py read them.')),
                ('applied_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('applied_at', None), ('results', []), _connector='OR'), name='applied_climate_uploads_keep_nothing')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='climatesurvey',
            trigger=pgtrigger.compiler.Trigger(name='climate_surveys_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "name", "held_from", "held_to", "points", "source", "replaces_id" or delete rows from % table\', TG_TABLE_NAME;', hash='4097001dbd73f3c630e16b64b32528a6bc8b3798', operation='UPDATE OF "name", "held_from", "held_to", "points", "source", "replaces_id" OR DELETE', pgid='pgtrigger_climate_surveys_stay_cc66f', table='assurance_climatesurvey', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='climateresult',
            trigger=pgtrigger.compiler.Trigger(name='climate_results_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6ada53e2484462043fe5952cf2d88eb76fa33f8b', operation='UPDATE OR DELETE', pgid='pgtrigger_climate_results_stay_240e6', table='assurance_climateresult', when='BEFORE')),
        ),
    ]
