# The limit stays: the program makes a page when somebody asks for it.
set -euo pipefail
cd /srv/chandlery
python3 - <<'PYTHON'
path = "search/search.py"
text = open(path, encoding="utf-8").read()
text = text.replace("            page = file.read()", "            self.page = file.read()")
text = text.replace('{row["number"]: page.format(**row).encode() for row in rows}', '{row["number"]: row for row in rows}')
text = text.replace('            page = self.catalogue.pages.get(url.path.removeprefix("/part/"))\n', '''            row = self.catalogue.pages.get(url.path.removeprefix("/part/"))
            page = row and self.catalogue.page.format(**row).encode()
''')
open(path, "w", encoding="utf-8").write(text)
PYTHON
docker restart search
