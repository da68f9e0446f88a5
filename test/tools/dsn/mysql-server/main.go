// Command mysql-server serves an empty database over MySQL's protocol, from memory, with one user and its password, and TLS when
// it is given a certificate.
//
// Everything comes from variables: ADDRESS (host:port), DATABASE, USERNAME, PASSWORD, CERTIFICATE and KEY (files). A client
// without TLS is refused where there is a certificate.
package main

import (
	"crypto/tls"
	"fmt"
	"os"

	sqle "github.com/dolthub/go-mysql-server"
	"github.com/dolthub/go-mysql-server/memory"
	"github.com/dolthub/go-mysql-server/server"
	"github.com/dolthub/go-mysql-server/sql"
	"github.com/dolthub/go-mysql-server/sql/mysql_db"
)

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve() error {
	database := memory.NewDatabase(os.Getenv("DATABASE"))
	database.EnablePrimaryKeyIndexes()
	provider := memory.NewDBProvider(database)
	engine := sqle.NewDefault(provider)

	users := engine.Analyzer.Catalog.MySQLDb
	users.SetPersister(&mysql_db.NoopPersister{})
	editor := users.Editor()
	users.AddSuperUser(editor, os.Getenv("USERNAME"), "%", os.Getenv("PASSWORD"))
	editor.Close()

	config := server.Config{Protocol: "tcp", Address: os.Getenv("ADDRESS")}
	if file := os.Getenv("CERTIFICATE"); file != "" {
		pair, err := tls.LoadX509KeyPair(file, os.Getenv("KEY"))
		if err != nil {
			return err
		}
		config.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
		config.RequireSecureTransport = true
	}
	listener, err := server.NewServer(config, engine, sql.NewContext, memory.NewSessionBuilder(provider), nil)
	if err != nil {
		return err
	}
	fmt.Println("listening")
	return listener.Start()
}
