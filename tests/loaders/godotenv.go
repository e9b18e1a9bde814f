// What godotenv makes of the files that are named: a line of JSON each.
package main

import (
	"encoding/json"
	"os"

	"github.com/joho/godotenv"
)

func main() {
	for _, name := range os.Args[1:] {
		line := map[string]interface{}{"loader": "godotenv", "values": nil}
		if values, err := godotenv.Read(name); err == nil {
			line["values"] = values
		}
		text, err := json.Marshal(line)
		if err != nil {
			panic(err)
		}
		os.Stdout.Write(append(text, '\n'))
	}
}
