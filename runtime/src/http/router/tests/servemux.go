// Writes servemux.txt: what Go's http.ServeMux does with random patterns and requests.
//
//	go run servemux.go > servemux.txt
//
// A line that begins with "+" is a pattern that was added, with "!" one that was refused; "?" is a request and what
// became of it: a pattern's text with the values of its wildcards, or a status with what goes with it. An empty line
// begins a new mux.
package main

import (
	"bufio"
	"fmt"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
)

var random = rand.New(rand.NewSource(1))

func pick(texts ...string) string { return texts[random.Intn(len(texts))] }

func pattern() string {
	path := ""
	for i := random.Intn(4); i > 0; i-- {
		path += "/" + pick("a", "a", "b", "b", "c%20d", "{x}", "{y}", "{z}")
	}
	path += pick("", "", "", "/", "/{$}", "/{rest...}")
	if path == "" {
		path = "/"
	}
	return pick("", "GET ", "GET ", "POST ", "HEAD ", "DELETE ") + path
}

func request() (string, string) {
	path := ""
	for i := random.Intn(5); i > 0; i-- {
		path += "/" + pick("a", "a", "a", "b", "b", "b", "e", "c%20d", "%61", "%C3%A4", "x%2Fy", "", ".", "..")
	}
	path += pick("", "", "/", "?q=1")
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return pick("GET", "GET", "HEAD", "POST", "PUT"), path
}

var names = regexp.MustCompile(`\{(\w+)(\.\.\.)?\}`)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for set := 0; set < 120; set++ {
		mux := http.NewServeMux()
		for i := 1 + random.Intn(8); i > 0; i-- {
			text := pattern()
			fmt.Fprintf(out, "%s %s\n", add(mux, text), text)
		}
		for i := 0; i < 16; i++ {
			method, target := request()
			fmt.Fprintf(out, "? %s %s = %s\n", method, target, result(mux, method, target))
		}
		fmt.Fprintln(out)
	}
}

func add(mux *http.ServeMux, text string) (sign string) {
	defer func() {
		if recover() != nil {
			sign = "!"
		}
	}()
	mux.HandleFunc(text, func(w http.ResponseWriter, r *http.Request) {
		said := text
		for _, name := range names.FindAllStringSubmatch(text, -1) {
			said += fmt.Sprintf(" %s=%q", name[1], r.PathValue(name[1]))
		}
		w.Header().Set("Said", said)
	})
	return "+"
}

func result(mux *http.ServeMux, method, target string) string {
	text := method + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"
	request, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		panic(err)
	}
	recorder := httptest.NewRecorder()
	mux.ServeHTTP(recorder, request)
	head := recorder.Result().Header
	switch code := recorder.Code; code {
	case 200:
		return head.Get("Said")
	case 405:
		return "405 " + head.Get("Allow")
	case 301, 307:
		// Go encodes what is encoded already once more.
		if strings.Contains(target, "%") {
			return fmt.Sprint(code)
		}
		return fmt.Sprint(code, " ", head.Get("Location"))
	default:
		return fmt.Sprint(code)
	}
}
