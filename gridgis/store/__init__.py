"""The township's database: schema, migrations, reading and writing, scope and audit."""
