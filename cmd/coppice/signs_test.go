package main

import "testing"

func TestSignsOfTwoWhoTalked(t *testing.T) {
	club := play(t, `
	  {"at":"2026-05-03T12:00:00Z","who":"Rosa","run":["found","Club","--concern","Wipers that see through any weather"]}
	  {"at":"2026-05-03T12:10:00Z","who":"Rosa","run":["ask","Why does it squeal?"],"as":"squeal"}
	  {"at":"2026-05-04T09:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber and patience"]}
	  {"at":"2026-05-04T09:05:00Z","who":"Dev","run":["answer","@squeal"],"stdin":"Wax."}`)
	now := "2026-05-20T00:00:00Z"
	rosa := club.as("Rosa").at(now).run("signs", "--json").stdout
	if dev := club.as("Dev").at(now).run("signs", "--json").stdout; dev != rosa {
		t.Errorf("two nodes that hold the same say\n%s and\n%s", rosa, dev)
	}
	signs := club.as("Dev").at(now).json("signs")
	if signs["verdict"] != "a good conversation (so far)" {
		t.Errorf("two who talked once: %v", signs["verdict"])
	}
	if past := club.as("Dev").at(now).json("signs", "--day", "2026-05-03"); past["n"] != 1.0 {
		t.Errorf("before Dev came there were %v", past["n"])
	}
	weeks := club.as("Dev").at(now).json("signs", "--history")["weeks"].([]any)
	if len(weeks) != 3 || weeks[2].(map[string]any)["C"] != signs["C"] {
		t.Errorf("weeks: %v, the last should be as today, %v", weeks, signs["C"])
	}
}
