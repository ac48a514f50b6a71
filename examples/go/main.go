// A small program in Go for WASI: it sorts, counts, hashes, formats JSON and reads a file.
//
//	go build with GOOS=wasip1 GOARCH=wasm, then: go.wasm [FILE]
//
// Without FILE it works on a text of its own.
package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"sort"
	"strings"
	"sync"
)

const song = `the wattle grows where the water goes
and the magpie sings when the wattle blows`

// Word is one row of the report.
type Word struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
}

func count(text string) []Word {
	seen := map[string]int{}
	for _, w := range strings.Fields(strings.ToLower(text)) {
		seen[strings.Trim(w, ".,;:!?\"'()")]++
	}
	words := make([]Word, 0, len(seen))
	for w, n := range seen {
		words = append(words, Word{w, n})
	}
	sort.Slice(words, func(i, k int) bool {
		if words[i].Count != words[k].Count {
			return words[i].Count > words[k].Count
		}
		return words[i].Text < words[k].Text
	})
	return words
}

// squares sums by four goroutines over a channel: the scheduler and the collector get some work.
func squares(n int) int {
	var group sync.WaitGroup
	parts := make(chan int, 4)
	for g := 0; g < 4; g++ {
		group.Add(1)
		go func() {
			defer group.Done()
			kept := [][]int{}
			sum := 0
			for i := g; i < n; i += 4 {
				kept = append(kept, make([]int, 8))
				sum += i * i
			}
			runtime.KeepAlive(kept)
			parts <- sum
		}()
	}
	group.Wait()
	close(parts)
	total := 0
	for p := range parts {
		total += p
	}
	return total
}

func main() {
	text := song
	if len(os.Args) > 1 {
		data, err := os.ReadFile(os.Args[1])
		if errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintln(os.Stderr, "no such file:", os.Args[1])
			os.Exit(3)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		text = string(data)
	}
	words := count(text)
	out, err := json.MarshalIndent(words[:min(5, len(words))], "", "  ")
	if err != nil {
		panic(err)
	}
	fmt.Println(string(out))
	fmt.Printf("%d words, sha256 %x\n", len(words), sha256.Sum256([]byte(text)))
	fmt.Println("squares:", squares(20000))
	defer func() { fmt.Println("recovered:", recover()) }()
	var none []int
	fmt.Println(none[len(words)])
}
