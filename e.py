import pathlib
def sub(path,*pairs):
    p=pathlib.Path(path); s=p.read_text()
    for a,b in pairs:
        assert a in s,(path,a[:60]); s=s.replace(a,b,1)
    p.write_text(s)
sub("docs/matching.md",
('''- Of a few open rows only whom they may be is opened (`pairing.register`): by the number and its slips, birth date, phone, a name of one sound in the place, and whoever's own number is wrong. A second month costs what number and name do not settle, not the register.
''','''- **The next month** (`pairing.carrying`): a row that says what a row of the last delivery said (a keyed digest, made when the file is read) keeps the pair found for that one, and is not opened. Compared again is a row that is new or changed; whose pair somebody decided, or decided elsewhere by the same evidence; that waited for a person another row held; whose person left, moved, began to be paid, or is claimed by another row. A register that comes in compares the rows its changed persons may be, and only these. Other rules, weights or folding tables compare everything (`ListReceipt.compared_by`). `python -m bench.second_month`, `tests/loop/test_second_month.py`.
- Each row is weighed as if it stood alone; one person in two rows is settled after. So a row's answer does not hang on which others are compared with it.
- Of a few open rows only whom they may be is opened (`pairing.register`): by the number and its slips, birth date, phone, a name of one sound in the place, and whoever's own number is wrong.
'''),
('''it goes in only with a stated reason, on record.''','''it goes in only with a stated reason and the yes of a second person, both on record.'''))
sub("docs/performance.md",
('''| registered × list, with addresses | CPU-s''','''**The next month of a list**, from the file to its links (`python -m bench.second_month`, SQLite, 6,000 registered, a list of
12,080 of whom two thirds are not; preview and commit each compare, so that rows count twice):

| | rows compared | pairs weighed | comparing, CPU-s |
|---|---|---|---|
| the first month | 16,454 | 950 | 1.4 |
| 1% changed | 246 | 740 | 1.0 |
| 10% changed | 1,780 | 822 | 1.0 |
| 100% changed | 16,454 | 950 | 1.6 |

What does not follow the change: reading, sealing and keeping every row, joining numbers and names in the database, and the
look at 2,000 rows whether the list went wrong on its way (700 of the pairs). A register that changes in between has the
rows opened that are still open, and only those compared that its changed persons may be.

| registered × list, with addresses | CPU-s'''),
('''The difficulty the bars are stated for names neither, and no source says how often either happens;''','''The difficulty the bars are stated for names neither (the shares of dirty data it refers to are: number against
  certificate 2–4%, second certificates 1%, moved 2%, phones 3%, addresses 5%, numbers of fifteen 0.5%, x and rare characters), and no
  source says how often either happens: the 0.27% is this project's own guess for its county (`synth`: 0.2% of a list's rows, a third of it in the register);'''),
)
p=pathlib.Path("CHANGELOG.md"); s=p.read_text(); i=s.index("## "); print(s[i:i+700])
