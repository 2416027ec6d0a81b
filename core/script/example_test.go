package script_test

import (
	"errors"
	"fmt"

	"github.com/etcdscope/etcdscope/core/script"
)

// A command prints as it is read.
func ExampleParse() {
	c, err := script.Parse("disk   n2 slow 20")
	fmt.Println(c, err)

	_, err = script.Parse("crahs n1")
	var mistake *script.Error
	fmt.Println(errors.As(err, &mistake), err)
	// Output:
	// disk n2 slow 20 <nil>
	// true line 1, column 1: unknown command "crahs"; did you mean crash?
}

// A script is statements, one a line.
func ExampleParseScript() {
	list, err := script.ParseScript("config members=3 seed=7\nput a 1\nrun 5s\nexpect leader == n1\n")
	for _, s := range list {
		fmt.Println(s)
	}
	fmt.Println(err)
	// Output:
	// config members=3 seed=7
	// put a 1
	// run 5s
	// expect leader == n1
	// <nil>
}
