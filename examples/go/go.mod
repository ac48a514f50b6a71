module wattle.example/words

go 1.22
