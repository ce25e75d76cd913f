# Ten resources.
class differential::hundred::c039 {
  notify { 'c039 1':
    message => "1 of class c039 on ${facts['networking']['hostname']}",
  }
  notify { 'c039 2':
    message => "2 of class c039 on ${facts['networking']['hostname']}",
  }
  notify { 'c039 3':
    message => "3 of class c039 on ${facts['networking']['hostname']}",
  }
  notify { 'c039 4':
    message => "4 of class c039 on ${facts['networking']['hostname']}",
  }
  notify { 'c039 5':
    message => "5 of class c039 on ${facts['networking']['hostname']}",
  }
  notify { 'c039 6':
    message => "6 of class c039 on ${facts['networking']['hostname']}",
  }
  notify { 'c039 7':
    message => "7 of class c039 on ${facts['networking']['hostname']}",
  }
  notify { 'c039 8':
    message => "8 of class c039 on ${facts['networking']['hostname']}",
  }
  notify { 'c039 9':
    message => "9 of class c039 on ${facts['networking']['hostname']}",
  }
  notify { 'c039 10':
    message => "10 of class c039 on ${facts['networking']['hostname']}",
  }
}
