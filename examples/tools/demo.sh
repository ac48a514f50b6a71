# A shell script over tools that are WASI programs, each a process of its own: see
# scripts/programs.py. It runs in a folder that has demo.sql.
seq 1 120 | tr 0 o | sort -r | tail -n 3
seq 1 3000 | wc
seq 1 2000 | shasum -a 256
md5sum demo.sql
grep -c -i select demo.sql
cat demo.sql demo.sql | tr '[:upper:]' '[:lower:]' | sort | uniq -c | tail -n 4
mkdir tree tree/below
base64 demo.sql | tee tree/sql.b64 | wc -c
cat demo.sql | tee copy.sql | tail -n 1 && cmp demo.sql copy.sql && echo same
seq -w 1 3 999 >tree/below/numbers
sort -n -r -o tree/sorted tree/below/numbers
sort -o tree/again tree/sorted
comm -1 -2 tree/again tree/below/numbers | tail -n 1
tar -c -f all.tar tree && tar -t -f all.tar
gzip all.tar && gzip -d -k all.tar.gz && mkdir back && tar -x -f all.tar back
cmp tree/below/numbers back/tree/below/numbers && shasum back/tree/sql.b64
mv tree/sorted tree/moved && rm -r tree/below back
cat tree/below/numbers 2>/dev/null || echo "cat ended with $?"
strings tree/sql.b64 | wc -l
