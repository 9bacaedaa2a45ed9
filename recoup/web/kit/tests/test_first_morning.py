def test_without_an_agency_the_page_says_what_to_do(db, client):
    response = client.get("/")
    assert response.status_code == 503
    assert "recoup found" in response.content.decode()
