import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0005_legal_holds_and_personal_exports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Allowance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='A HeavyWork.', max_length=20)),
                ('hour', models.DateTimeField(help_text='When the hour begins.')),
                ('spent', models.PositiveIntegerField(default=0)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['hour'], name='allowance_by_hour')],
                'constraints': [models.UniqueConstraint(models.F('person'), models.F('kind'), models.F('hour'), name='one_allowance_per_hour')],
            },
        ),
    ]
