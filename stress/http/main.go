// The jobs of examples/http-hello and examples/http-async-task with net/http and encoding/json.
//
// go build -o server main.go && ./server 127.0.0.1:8080
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

const (
	steps           = 3
	defaultDuration = 3     // seconds
	longestDuration = 86400 // a day
)

type task struct {
	Name     string `json:"name"`
	Duration *int64 `json:"duration"`
}

type accepted struct {
	TaskID  string `json:"task_id"`
	Name    string `json:"name"`
	Status  string `json:"status"`
	Message string `json:"message"`
}

type refused struct {
	Error string `json:"error"`
	Field string `json:"field"`
}

var begun, ended atomic.Uint64

func answer(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	w.Write(text)
}

func work(duration time.Duration) {
	for range steps {
		time.Sleep(duration / steps)
	}
	ended.Add(1)
}

func submit(w http.ResponseWriter, r *http.Request) {
	var t task
	if err := json.NewDecoder(r.Body).Decode(&t); err != nil {
		answer(w, http.StatusBadRequest, refused{"body is not valid: " + err.Error(), "body"})
		return
	}
	if t.Name == "" {
		answer(w, http.StatusBadRequest, refused{"name is missing", "name"})
		return
	}
	seconds := int64(defaultDuration)
	if t.Duration != nil {
		seconds = *t.Duration
	}
	if seconds < 0 || seconds > longestDuration {
		answer(w, http.StatusBadRequest, refused{"duration is out of range", "duration"})
		return
	}
	number := begun.Add(1)
	go work(time.Duration(seconds) * time.Second)
	answer(w, http.StatusAccepted, accepted{
		TaskID:  fmt.Sprintf("task_%d_%d", time.Now().Unix(), number),
		Name:    t.Name,
		Status:  "accepted",
		Message: fmt.Sprintf("Task will run for %d seconds in background", seconds),
	})
}

func hello(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "Hello, world!")
}

func count(w http.ResponseWriter, r *http.Request) {
	answer(w, http.StatusOK, map[string]uint64{"ended": ended.Load()})
}

func main() {
	http.HandleFunc("POST /api/tasks", submit)
	http.HandleFunc("GET /api/count", count)
	http.HandleFunc("GET /hello", hello)
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}
