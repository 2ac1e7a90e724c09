package api

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/danielgtaylor/huma/v2"
)

const openapiPath = "/v1/openapi.json"

//go:generate env COPPICE_WRITE_OPENAPI=1 go test -count=1 -run ^TestOpenAPI$ .

// description writes what the acts say of themselves as OpenAPI. The file
// openapi.json beside this one holds the same: `go generate ./node/api`.
func description(api huma.API) []byte {
	raw, err := json.Marshal(api.OpenAPI())
	if err != nil {
		panic(fmt.Sprintf("the description of the acts: %v", err)) // its types are this package's own
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		panic(fmt.Sprintf("the description of the acts: %v", err))
	}
	out.WriteByte('\n')
	return out.Bytes()
}
