import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('injuries', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ColumnMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=100, unique=True)),
                ('text', models.TextField(help_text='The TOML file as it was loaded.')),
                ('loaded_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='upload',
            name='mapping',
            field=models.ForeignKey(help_text='By which the columns of a file of incidents were read.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='injuries.columnmapping'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'incidents'), ('mapping__isnull', False)), models.Q(models.Q(('kind', 'incidents'), _negated=True), ('mapping', None)), _connector='OR'), name='incidents_are_read_by_a_mapping'),
        ),
    ]
