;; Conway's Game of Life in WebAssembly text.
;;
;;     wattle run examples/life.wat [GENERATIONS] [r] [p]
;;
;; GENERATIONS  how many to draw after the first (60 when absent)
;; r            start from a random universe instead of a glider and an R-pentomino
;; p            pause a tenth of a second between two generations and draw over the last one
;;
;; The universe is a torus: what leaves on one side comes in on the other.  Two generations lie in
;; linear memory, one byte to a cell; a tick reads the one and writes the other, then they change
;; places.  Only WebAssembly 1.0 and five calls of WASI preview 1 are used.  A page in the browser
;; can use the same module: give it any functions for the imports, call `reset`, then `tick`, and
;; read the cells from `memory` at `universe()`, or one by one with `cell(row, column)`.
(module $life
  ;; ---- What the host gives us.  Each call returns 0 or an error number. ----
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param $fd i32) (param $list i32) (param $count i32) (param $written i32)
      (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param $count i32) (param $bytes i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get"
    (func $args_get (param $pointers i32) (param $text i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get"
    (func $random_get (param $to i32) (param $size i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param $in i32) (param $out i32) (param $count i32) (param $events i32)
      (result i32)))

  ;; ---- Linear memory ----
  ;;      0 ..    15  the (pointer, length) pair for fd_write, and its answer at 8
  ;;     16 ..    23  the answers of args_sizes_get
  ;;     24 ..    31  the answer of poll_oneoff
  ;;     32 ..    79  a subscription: "wake me after a tenth of a second"
  ;;     96 ..   127  the event that poll_oneoff writes
  ;;    128 ..   145  the rule: what becomes of a cell
  ;;    160 ..   ...  texts and patterns
  ;;   1024 ..  4095  one generation of 64 x 48 cells
  ;;   4096 ..  7167  the other
  ;;   8192 .. 16383  the picture of a generation as text
  ;;  16384 .. 24575  argument pointers
  ;;  24576 .. 65535  argument text
  (memory (export "memory") 1)

  (global $width (export "width") i32 (i32.const 64))
  (global $height (export "height") i32 (i32.const 48))
  (global $now (mut i32) (i32.const 1024))          ;; the generation to look at
  (global $next (mut i32) (i32.const 4096))         ;; the one being made
  (global $generation (mut i32) (i32.const 0))
  (global $pause (mut i32) (i32.const 0))
  (global $picture_end (mut i32) (i32.const 8192))

  ;; The rule as a table of bytes: rule[alive * 9 + neighbours].  A dead cell with three neighbours
  ;; comes to life; a living one with two or three lives on; all others die or stay dead.
  (data $rule (i32.const 128)
    "\00\00\00\01\00\00\00\00\00"                   ;; dead now
    "\00\00\01\01\00\00\00\00\00")                  ;; alive now

  ;; A clock subscription: userdata 0, tag 0 (clock), clock 1 (monotonic), 100 000 000 ns from now.
  (data (i32.const 32)
    "\00\00\00\00\00\00\00\00" "\00\00\00\00\00\00\00\00"
    "\01\00\00\00\00\00\00\00" "\00\e1\f5\05\00\00\00\00"
    "\00\00\00\00\00\00\00\00" "\00\00\00\00\00\00\00\00")

  (data (i32.const 160) "generation ")              ;; 11 bytes
  (data (i32.const 176) "\1b[H\1b[2J")              ;; 7 bytes: home, clear the screen

  ;; Patterns: pairs (row, column) of living cells, closed by 255.
  (data (i32.const 192) "\01\02\02\03\03\01\03\02\03\03\ff")     ;; a glider
  (data (i32.const 208) "\17\20\17\21\18\1f\18\20\19\20\ff")     ;; an R-pentomino in the middle

  ;; What an argument's first letter asks for.  The command line is read with a call through this
  ;; table, so that a new option is a function and an entry here.
  (type $option (func (param $text i32)))
  (table $options 4 funcref)
  (elem (i32.const 0) $option_number $option_random $option_pause $option_unknown)
  (global $wanted (mut i32) (i32.const 60))

  ;; ---- The universe ----

  ;; The address of a cell in the present generation.  Rows and columns wrap around: 64 is a power
  ;; of two, so `and` does for columns; 48 is not, so rows take the remainder.
  (func $place (param $row i32) (param $column i32) (result i32)
    (i32.add
      (global.get $now)
      (i32.add
        (i32.mul (i32.rem_u (i32.add (local.get $row) (global.get $height)) (global.get $height))
                 (global.get $width))
        (i32.and (local.get $column) (i32.const 63)))))

  (func $cell (export "cell") (param $row i32) (param $column i32) (result i32)
    (i32.load8_u (call $place (local.get $row) (local.get $column))))

  (func $toggle (export "toggle") (param $row i32) (param $column i32)
    (local $at i32)
    (local.set $at (call $place (local.get $row) (local.get $column)))
    (i32.store8 (local.get $at) (i32.xor (i32.load8_u (local.get $at)) (i32.const 1))))

  ;; The eight cells around one.
  (func $neighbours (param $row i32) (param $column i32) (result i32)
    (local $north i32) (local $south i32) (local $west i32) (local $east i32)
    (local.set $north (i32.sub (local.get $row) (i32.const 1)))
    (local.set $south (i32.add (local.get $row) (i32.const 1)))
    (local.set $west (i32.sub (local.get $column) (i32.const 1)))
    (local.set $east (i32.add (local.get $column) (i32.const 1)))
    (call $cell (local.get $north) (local.get $west))
    (call $cell (local.get $north) (local.get $column))
    i32.add
    (call $cell (local.get $north) (local.get $east))
    i32.add
    (call $cell (local.get $row) (local.get $west))
    i32.add
    (call $cell (local.get $row) (local.get $east))
    i32.add
    (call $cell (local.get $south) (local.get $west))
    i32.add
    (call $cell (local.get $south) (local.get $column))
    i32.add
    (call $cell (local.get $south) (local.get $east))
    i32.add)

  ;; One step of time.
  (func $tick (export "tick")
    (local $row i32) (local $column i32) (local $to i32) (local $old i32)
    (local.set $to (global.get $next))
    (loop $rows
      (local.set $column (i32.const 0))
      (loop $columns
        ;; next[cell] = rule[alive * 9 + neighbours]; the rule is at 128, which is the offset here
        (i32.store8 (local.get $to)
          (i32.load8_u offset=128
            (i32.add (i32.mul (call $cell (local.get $row) (local.get $column)) (i32.const 9))
                     (call $neighbours (local.get $row) (local.get $column)))))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $column (i32.add (local.get $column) (i32.const 1)))
        (br_if $columns (i32.lt_u (local.get $column) (global.get $width))))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $row) (global.get $height))))
    (local.set $old (global.get $now))
    (global.set $now (global.get $next))
    (global.set $next (local.get $old))
    (global.set $generation (i32.add (global.get $generation) (i32.const 1))))

  ;; Where the present generation lies, for a host that reads the memory itself.
  (func (export "universe") (result i32) (global.get $now))

  (func $living (export "living") (result i32)
    (local $at i32) (local $sum i32)
    (local.set $at (global.get $now))
    (loop $cells
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $cells
        (i32.lt_u (local.get $at) (i32.add (global.get $now) (call $size)))))
    (local.get $sum))

  (func $size (result i32) (i32.mul (global.get $width) (global.get $height)))

  ;; ---- The first generation ----

  ;; Bring a list of (row, column) bytes to life.
  (func $stamp (param $pattern i32)
    (block $done
      (loop $cells
        (br_if $done (i32.eq (i32.load8_u (local.get $pattern)) (i32.const 255)))
        (call $toggle (i32.load8_u (local.get $pattern))
                      (i32.load8_u offset=1 (local.get $pattern)))
        (local.set $pattern (i32.add (local.get $pattern) (i32.const 2)))
        (br $cells))))

  (func $clear
    (local $at i32)
    (local.set $at (global.get $now))
    (loop $words                            ;; eight cells at a time
      (i64.store (local.get $at) (i64.const 0))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $words (i32.lt_u (local.get $at) (i32.add (global.get $now) (call $size))))))

  (func $reset (export "reset")
    (call $clear)
    (global.set $generation (i32.const 0))
    (call $stamp (i32.const 192))
    (call $stamp (i32.const 208)))

  ;; Random bytes from the host; a cell lives when the low two bits are both zero.
  (func $shuffle (export "shuffle")
    (local $at i32)
    (if (call $random_get (global.get $now) (call $size))
      (then (call $reset) (return)))        ;; no random source: the usual start
    (global.set $generation (i32.const 0))
    (local.set $at (global.get $now))
    (loop $cells
      (i32.store8 (local.get $at)
        (i32.eqz (i32.and (i32.load8_u (local.get $at)) (i32.const 3))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $cells (i32.lt_u (local.get $at) (i32.add (global.get $now) (call $size))))))

  ;; ---- Drawing ----

  (func $put (param $char i32)
    (i32.store8 (global.get $picture_end) (local.get $char))
    (global.set $picture_end (i32.add (global.get $picture_end) (i32.const 1))))

  (func $put_text (param $from i32) (param $length i32)
    (block $done
      (loop $chars
        (br_if $done (i32.eqz (local.get $length)))
        (call $put (i32.load8_u (local.get $from)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (br $chars))))

  (func $put_number (param $value i32)
    (if (i32.ge_u (local.get $value) (i32.const 10))
      (then (call $put_number (i32.div_u (local.get $value) (i32.const 10)))))
    (call $put (i32.add (i32.const 48) (i32.rem_u (local.get $value) (i32.const 10)))))

  ;; Two rows make one line of text: a terminal's characters are about twice as high as wide.  The
  ;; upper cell counts 1, the lower 2, and br_table picks the character.
  (func $put_pair (param $upper i32) (param $lower i32)
    (block $both
      (block $lower_only
        (block $upper_only
          (block $none
            (br_table $none $upper_only $lower_only $both
              (i32.add (local.get $upper) (i32.shl (local.get $lower) (i32.const 1)))))
          (call $put (i32.const 32))        ;; space
          return)
        (call $put (i32.const 39))          ;; '
        return)
      (call $put (i32.const 46))            ;; .
      return)
    (call $put (i32.const 58)))             ;; :

  (func $draw
    (local $row i32) (local $column i32)
    (global.set $picture_end (i32.const 8192))
    (if (global.get $pause)
      (then (call $put_text (i32.const 176) (i32.const 7))))
    (call $put_text (i32.const 160) (i32.const 11))
    (call $put_number (global.get $generation))
    (call $put (i32.const 58))
    (call $put (i32.const 32))
    (call $put_number (call $living))
    (call $put (i32.const 10))
    (loop $rows
      (local.set $column (i32.const 0))
      (loop $columns
        (call $put_pair
          (call $cell (local.get $row) (local.get $column))
          (call $cell (i32.add (local.get $row) (i32.const 1)) (local.get $column)))
        (local.set $column (i32.add (local.get $column) (i32.const 1)))
        (br_if $columns (i32.lt_u (local.get $column) (global.get $width))))
      (call $put (i32.const 10))
      (local.set $row (i32.add (local.get $row) (i32.const 2)))
      (br_if $rows (i32.lt_u (local.get $row) (global.get $height))))
    (call $write (i32.const 8192) (global.get $picture_end)))

  ;; All bytes from $from to $end.  The host may take fewer than it was given: go on with the rest.
  (func $write (param $from i32) (param $end i32)
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
        (i32.store (i32.const 0) (local.get $from))
        (i32.store (i32.const 4) (i32.sub (local.get $end) (local.get $from)))
        (br_if $done
          (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br_if $done (i32.eqz (i32.load (i32.const 8))))
        (local.set $from (i32.add (local.get $from) (i32.load (i32.const 8))))
        (br $more))))

  (func $sleep
    (drop (call $poll_oneoff (i32.const 32) (i32.const 96) (i32.const 1) (i32.const 24))))

  ;; ---- The command line ----

  (func $option_number (type $option) (param $text i32)
    (local $digit i32)
    (global.set $wanted (i32.const 0))
    (block $done
      (loop $digits
        (local.set $digit (i32.sub (i32.load8_u (local.get $text)) (i32.const 48)))
        (br_if $done (i32.gt_u (local.get $digit) (i32.const 9)))   ;; also the closing zero
        (global.set $wanted
          (i32.add (i32.mul (global.get $wanted) (i32.const 10)) (local.get $digit)))
        (local.set $text (i32.add (local.get $text) (i32.const 1)))
        (br $digits))))

  (func $option_random (type $option) (param $text i32)
    (call $shuffle))

  (func $option_pause (type $option) (param $text i32)
    (global.set $pause (i32.const 1)))

  (func $option_unknown (type $option) (param $text i32))

  ;; Which row of the table an argument's first letter means.
  (func $option_of (param $letter i32) (result i32)
    (if (i32.lt_u (i32.sub (local.get $letter) (i32.const 48)) (i32.const 10))
      (then (return (i32.const 0))))
    (if (i32.eq (local.get $letter) (i32.const 114))                ;; r
      (then (return (i32.const 1))))
    (if (i32.eq (local.get $letter) (i32.const 112))                ;; p
      (then (return (i32.const 2))))
    (i32.const 3))

  (func $read_arguments
    (local $pointer i32) (local $end i32) (local $text i32)
    (if (call $args_sizes_get (i32.const 16) (i32.const 20))
      (then (return)))
    ;; Only as many as there is room for.
    (if (i32.gt_u (i32.load (i32.const 16)) (i32.const 2048))
      (then (return)))
    (if (i32.gt_u (i32.load (i32.const 20)) (i32.const 40000))
      (then (return)))
    (if (call $args_get (i32.const 16384) (i32.const 24576))
      (then (return)))
    (local.set $pointer (i32.const 16388))                          ;; past the program's name
    (local.set $end
      (i32.add (i32.const 16384) (i32.shl (i32.load (i32.const 16)) (i32.const 2))))
    (block $done
      (loop $arguments
        (br_if $done (i32.ge_u (local.get $pointer) (local.get $end)))
        (local.set $text (i32.load (local.get $pointer)))
        (call_indirect (type $option)
          (local.get $text)
          (call $option_of (i32.load8_u (local.get $text))))
        (local.set $pointer (i32.add (local.get $pointer) (i32.const 4)))
        (br $arguments))))

  ;; A WASI command starts here.
  (func (export "_start")
    (call $reset)
    (call $read_arguments)
    (call $draw)
    (block $done
      (loop $generations
        (br_if $done (i32.ge_u (global.get $generation) (global.get $wanted)))
        (if (global.get $pause)
          (then (call $sleep)))
        (call $tick)
        (call $draw)
        (br $generations)))))
