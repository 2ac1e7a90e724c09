// Package epoch makes and opens content keys.
package epoch
