#!/usr/bin/env python3
"""What tools/embed_schema.py promises."""

import tempfile
import unittest
from pathlib import Path

import embed_schema

COMMON = """-- BIGINT ids, it's a BLOB
CREATE TABLE lead (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    raw BLOB,
    note TEXT DEFAULT 'BIGINT and BLOB',
    PRIMARY KEY (workspace_id, id)
);
CREATE TABLE mark (
    workspace_id BIGINT NOT NULL,
    lead_id BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, lead_id),
    FOREIGN KEY (workspace_id, lead_id)
        REFERENCES lead (workspace_id, id)
);
"""


def folder_with(files):
    folder = tempfile.TemporaryDirectory()
    for name, text in files.items():
        Path(folder.name, name).write_text(text, encoding="utf-8")
    return folder


class EmbedSchema(unittest.TestCase):
    def read(self, files):
        with folder_with(files) as folder:
            return embed_schema.read_migrations(folder)

    def test_the_id_is_the_rowid_on_sqlite(self):
        sql = embed_schema.text_for("sqlite", COMMON)
        self.assertIn("id INTEGER NOT NULL", sql)
        self.assertIn("PRIMARY KEY (id)", sql)
        self.assertIn("PRIMARY KEY (workspace_id, lead_id)", sql)
        self.assertIn("FOREIGN KEY (lead_id) REFERENCES lead (id)", sql)

    def test_postgres_reads_blob_as_bytea(self):
        sql = embed_schema.text_for("postgres", COMMON)
        self.assertIn("raw BYTEA", sql)
        self.assertIn("PRIMARY KEY (workspace_id, id)", sql)

    def test_comments_and_texts_stay(self):
        for engine in embed_schema.CHANGES:
            sql = embed_schema.text_for(engine, COMMON)
            self.assertIn("-- BIGINT ids, it's a BLOB\n", sql)
            self.assertIn("'BIGINT and BLOB'", sql)

    def test_a_pair_is_taken_as_it_is(self):
        made = self.read(
            {"0001_a.sqlite.sql": "BIGINT", "0001_a.postgres.sql": "BLOB"}
        )
        self.assertEqual(
            made, [(1, "0001_a", {"sqlite": "BIGINT", "postgres": "BLOB"})]
        )

    def test_no_files_give_the_end_row_alone(self):
        self.assertEqual(self.read({}), [])
        self.assertIn("= {\n    { 0, NULL", embed_schema.write([]))

    def test_unclear_folders_are_refused(self):
        for files in (
            {"0001_a.sqlite.sql": ""},
            {"0001_a.sql": "", "0001_a.sqlite.sql": ""},
            {"0001_a.sql": "", "0001_b.sql": ""},
            {"0001_a.sql": "", "0003_c.sql": ""},
            {"1_a.sql": ""},
        ):
            with self.assertRaises(ValueError, msg=str(files)):
                self.read(files)

    def test_any_text_becomes_a_literal(self):
        self.assertEqual(
            embed_schema.literal('a"b\\c\n?\x01é'),
            '      "a\\"b\\\\c\\n"\n      "\\?\\001é"',
        )


if __name__ == "__main__":
    unittest.main()
