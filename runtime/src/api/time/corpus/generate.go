//go:build ignore

// Writes the tables beside this file: what Go's package time answers. `go run generate.go`
package main

import (
	"errors"
	"fmt"
	"math/rand"
	"os"
	"strings"
	"time"
)

var dice = rand.New(rand.NewSource(20261121))

func pick[T any](list []T) T { return list[dice.Intn(len(list))] }

func escaped(text string) string {
	var out strings.Builder
	for _, b := range []byte(text) {
		if b < ' ' || b > '~' || b == '\\' {
			fmt.Fprintf(&out, "\\x%02x", b)
		} else {
			out.WriteByte(b)
		}
	}
	return out.String()
}

type table struct{ file *os.File }

func create(name string) table {
	file, err := os.Create(name + ".txt")
	if err != nil {
		panic(err)
	}
	return table{file}
}

func (t table) row(fields ...any) {
	texts := make([]string, len(fields))
	for i, field := range fields {
		texts[i] = escaped(fmt.Sprint(field))
	}
	fmt.Fprintln(t.file, strings.Join(texts, "\t"))
}

// Zones whose rules have long been the same, so that all versions of the database agree.
var names = []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/St_Johns",
	"Australia/Lord_Howe", "Australia/Sydney", "Asia/Kathmandu", "fixed:XST:-12600", "fixed::20700", "fixed:+03:10801"}

func location(name string) *time.Location {
	if rest, fixed := strings.CutPrefix(name, "fixed:"); fixed {
		var offset int
		at := strings.LastIndex(rest, ":")
		fmt.Sscan(rest[at+1:], &offset)
		return time.FixedZone(rest[:at], offset)
	}
	found, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return found
}

var layouts = []string{time.RFC3339, time.RFC3339Nano, time.RFC822, time.RFC822Z, time.RFC850, time.RFC1123,
	time.RFC1123Z, time.Kitchen, time.Stamp, time.StampMilli, time.StampMicro, time.StampNano, time.DateTime,
	time.DateOnly, time.TimeOnly, time.ANSIC, time.UnixDate, time.RubyDate, time.Layout,
	"2006-01-02 15:04:05.999999999 -0700 MST", "2006-1-2 3:4:5pm", "06 002", "2006 __2", "_2006-002", "Monday January _2",
	"Mon Jan 02", "Monk Janus", "15:04:05,000", "15:04:05.99", "3PM", "03pm", "-070000", "-07:00:00", "-07", "Z07", "Z0700",
	"Z070000", "Z07:00:00 2006", "20060102150405", "2006-01-02T15:04:05.000000Z0700", "2 1 6 é \\ 100%", "05.0000000000001",
	"05.000000000000", "4:5.9", "MST -07:00", ".000", "", "no date", "  2006  01 "}

var pieces = []string{"2006", "06", "01", "1", "Jan", "January", "02", "2", "_2", "002", "__2", "Mon", "Monday", "15", "03",
	"3", "04", "4", "05", "5", "PM", "pm", "MST", "-0700", "-07:00", "-07", "-070000", "-07:00:00", "Z0700", "Z07:00", "Z07",
	".000", ",000", ".999", ",99", ".0", " ", "-", ":", "T", "/", "x", "_", ".", "0", "J"}

func layout() string {
	if dice.Intn(3) > 0 {
		return pick(layouts)
	}
	var text string
	for range 1 + dice.Intn(6) {
		text += pick(pieces)
	}
	return text
}

var instants = []int64{0, -1, 951782400, 951868799, 1710054000, 1711846799, 1711846800, 1729990800, 1730613600, 1700000000,
	-62135596800, -62135596801, 253402300799, 253402300800, -2208988800, -3000000000, 4102444800, -5000000000000, 1e13}

func instant() time.Time {
	seconds := pick(instants)
	if dice.Intn(2) == 0 {
		seconds = dice.Int63n(4e9) - 1e9
	}
	return time.Unix(seconds, pick([]int64{0, 0, 1, 500000000, 999999999, 120000, 123456789}))
}

func format() {
	out := create("format")
	for range 1000 {
		name, at, layout := pick(names), instant(), layout()
		out.row(at.Unix(), at.Nanosecond(), name, layout, at.In(location(name)).Format(layout))
	}
}

func why(err error) string {
	var failure *time.ParseError
	switch {
	case !errors.As(err, &failure):
		panic(err)
	case failure.Message == "":
		return "unlike " + failure.LayoutElem
	case strings.HasPrefix(failure.Message, ": extra text"):
		return "extra " + failure.ValueElem
	}
	return strings.TrimPrefix(failure.Message, ": ")
}

func mutated(value string) string {
	bytes := []byte(value)
	for range dice.Intn(3) {
		at := dice.Intn(len(bytes) + 1)
		with := pick([]string{"", "", "0", "1", "9", "3", " ", "x", "-", "+", ":", ".5", ",25", "Z", "UTC", "PM", "am", "CET", "EDT", "GMT+3", "jan"})
		bytes = append(bytes[:at:at], append([]byte(with), bytes[min(at+dice.Intn(2), len(bytes)):]...)...)
	}
	return string(bytes)
}

var values = [][2]string{
	{"2006-01-02", "2023-02-29"}, {"2006-01-02", "2024-02-29"}, {"2006-01-02", "2024-13-01"}, {"2006-01-02", "2024-00-01"},
	{"2006-01-02", "2024-01-00"}, {"2006-01-02", "0000-01-01"}, {"15:04", "24:00"}, {"15:04", "23:60"}, {"15:04:05", "23:59:60"},
	{"3:04PM", "12:00AM"}, {"3:04PM", "12:00PM"}, {"3:04PM", "0:30PM"}, {"3:04PM", "13:00PM"}, {"3:04pm", "1:00PM"},
	{"2006 002", "2024 366"}, {"2006 002", "2023 366"}, {"2006 002", "2024 060"}, {"2006 002", "2024 000"}, {"2006 __2", "2024  7"},
	{"2006-01-02 002", "2024-02-29 060"}, {"2006-01-02 002", "2024-03-01 060"}, {"2006-02 002", "2024-15 060"},
	{"15:04:05", "01:02:03.123456789"}, {"15:04:05", "01:02:03,5"}, {"15:04:05", "01:02:03.1234567891234"}, {"15:04:05", "01:02:03."},
	{"15:04:05.000", "01:02:03.12"}, {"15:04:05.000", "01:02:03.123"}, {"15:04:05.000", "01:02:03.1234"}, {"15:04:05.999", "01:02:03"},
	{"15:04:05.999", "01:02:03.123456"}, {".00", ".-1"}, {".00", ".+1"}, {".000", ".12x"}, {"05.00000000000", "05.12345678912"},
	{"2006 MST", "2024 CEST"}, {"2006 MST", "2024 CET"}, {"2006-01 MST", "2024-07 CEST"}, {"2006 MST", "2024 EST"}, {"2006-01 MST", "2024-07 EST"},
	{"2006 MST", "2024 LMT"}, {"2006 MST", "2024 XYZ"}, {"2006 MST", "2024 GMT+3"}, {"2006 MST", "2024 GMT-12"}, {"2006 MST", "2024 GMT+24"},
	{"2006 MST", "2024 +03"}, {"2006 MST", "2024 +99"}, {"2006 MST", "2024 WITA"}, {"2006 MST", "2024 ChST"}, {"2006 MST", "2024 ABCD"},
	{"2006 MST", "2024 ABCDT"}, {"2006 MST", "2024 ABCDEF"}, {"2006 MST", "2024 IST"}, {"2006 MST", "2024 UTC"}, {"2006 MST", "2024 AB"},
	{"2006 -0700", "2024 +0100"}, {"2006 -0700", "2024 +0530"}, {"2006 -0700", "2024 +2500"}, {"2006 -0700", "2024 +2461"}, {"2006 -0700", "2024 +2460"},
	{"2006 -0700", "2024 0100"}, {"2006 -07:00", "2024 +01-00"}, {"2006 -07", "2024 -05"}, {"2006 Z07", "2024 Z"}, {"2006 -07", "2024 Z"},
	{"2006 -070000", "2024 +053015"}, {"2006 -07:00:00", "2024 -05:30:61"}, {"2006 Z07:00 MST", "2024 +01:00 CET"}, {"2006 -0700 MST", "2024 +0200 CET"},
	{"Mon Jan", "mon jAN"}, {"Monday January", "TUESDAY FEBRUARY"}, {"Mon", "Mo"}, {"January", "Jan"}, {"06", "69"}, {"06", "68"}, {"06", "-1"}, {"06", "+9"},
	{"2006", "12 4"}, {"2006", "-123"}, {"2006  01", "2024 7"}, {"2006 1", "2024   7"}, {"2006 ", "2024"}, {" 2006", "2024"}, {"", ""}, {"", "x"},
	{"2006-01-02T15:04:05Z07:00", "2024-05-06T07:08:09.25+02:00"}, {"2006-01-02T15:04:05Z07:00", "2024-05-06T07:08:09Z"},
	{"2006-01-02 15:04", "2024-03-31 02:30"}, {"2006-01-02 15:04", "2024-10-27 02:30"}, {"2006-01-02 15:04 MST", "2024-10-27 02:30 CET"},
}

func parse() {
	out := create("parse")
	row := func(layout, value, name string) {
		at, err := time.ParseInLocation(layout, value, location(name))
		if err != nil {
			out.row(layout, value, name, "", "", "", "", why(err))
			return
		}
		zone, offset := at.Zone()
		if at.Location().String() == name {
			zone = name
		}
		out.row(layout, value, name, at.Unix(), at.Nanosecond(), zone, offset, "")
	}
	for _, pair := range values {
		for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "fixed:XST:-12600"} {
			row(pair[0], pair[1], name)
		}
	}
	for range 900 {
		layout, name := layout(), pick(names)
		row(layout, mutated(instant().In(location(pick(names))).Format(layout)), name)
	}
}

func number() int {
	return pick([]int{0, 1, 2, 12, 13, 28, 29, 31, 32, -1, -13, 59, 60, 61, 366, 100000, -100000, dice.Intn(100)})
}

func date() {
	out := create("date")
	for range 500 {
		name, year := pick(names), pick([]int{1, 0, -1, 1899, 1970, 2000, 2024, 2026, 9999, 20000})
		f := [6]int{number(), number(), number(), number(), number(), pick([]int{0, 1, -1, 1e9, 999999999, -2e9 - 1})}
		at := time.Date(year, time.Month(f[0]), f[1], f[2], f[3], f[4], f[5], location(name))
		out.row(name, year, f[0], f[1], f[2], f[3], f[4], f[5], at.Unix(), at.Nanosecond(), int(at.Weekday()), at.YearDay())
	}
	// Every half hour around the changes of a clock.
	for _, day := range []time.Time{time.Date(2024, 3, 31, 0, 0, 0, 0, time.UTC), time.Date(2024, 10, 27, 0, 0, 0, 0, time.UTC)} {
		for half := range 10 {
			at := time.Date(2024, day.Month(), day.Day(), 0, 30*half, 0, 0, location("Europe/Berlin"))
			out.row("Europe/Berlin", 2024, int(day.Month()), day.Day(), 0, 30*half, 0, 0, at.Unix(), 0, int(at.Weekday()), at.YearDay())
		}
	}
}

func addDate() {
	out := create("add_date")
	for range 300 {
		name, at := pick(names), instant()
		f := [3]int{dice.Intn(9) - 4, dice.Intn(31) - 15, dice.Intn(100) - 50}
		sum := at.In(location(name)).AddDate(f[0], f[1], f[2])
		out.row(name, at.Unix(), at.Nanosecond(), f[0], f[1], f[2], sum.Unix(), sum.Nanosecond())
	}
}

func multiples() {
	out := create("multiples")
	for range 300 {
		at := instant()
		unit := pick([]time.Duration{0, -5, 1, 7, 1000, 1e9, 60e9, 3600e9, 24 * 3600e9, 7 * 24 * 3600e9, 15e9, 333333333, 1<<63 - 1,
			time.Duration(dice.Int63n(1e15))})
		up, down := at.Round(unit), at.Truncate(unit)
		out.row(at.Unix(), at.Nanosecond(), int64(unit), up.Unix(), up.Nanosecond(), down.Unix(), down.Nanosecond())
	}
}

func durations() {
	out := create("durations")
	row := func(text string) {
		span, err := time.ParseDuration(text)
		if err != nil {
			out.row(text, "", "")
			return
		}
		out.row(text, int64(span), span)
	}
	for _, text := range []string{"", "0", "-0", "+0", "00", "0s", "5", "1 s", " 1s", "1s ", "s", ".s", "-", "+", "--1s", "1h-1m", "1.5.5s", "1e3s",
		"9223372036854775807ns", "-9223372036854775808ns", "9223372036854775808ns", "9223372036.854775807s", "0.1ns", "-.5ns",
		"0.000000000000000000000000001h", "0.9223372036854775807h", "1d", "1S", "1\u00b5s", "1\u03bcs", "1us", "1m1m1m", "\xff", "1\x00s"} {
		row(text)
	}
	for range 250 {
		var text string
		for range 1 + dice.Intn(3) {
			text += pick([]string{"", "", "-", ".", "1", "0"}) + fmt.Sprint(dice.Intn(2000)) +
				pick([]string{"", "", ".", ".5", ".25", ".123456789012345678901234567890"}) + pick([]string{"ns", "us", "ms", "s", "m", "h", "", "x"})
		}
		row(text)
	}
	for range 150 {
		span := time.Duration(dice.Int63()>>dice.Intn(63)) * pick([]time.Duration{1, -1})
		row(span.String())
	}
}

func main() {
	format()
	parse()
	date()
	addDate()
	multiples()
	durations()
}
